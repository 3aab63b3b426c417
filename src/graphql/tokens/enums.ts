import { words } from '../schema/enums.ts';

export type CredentialWord = 'PERSONAL' | 'SCIM' | 'SERVICE' | 'SESSION';
export const CredentialKind = words<CredentialWord>('CredentialKind', 'Kinds of credential.', {
  PERSONAL: "Owner's personal token.",
  SCIM: 'Token holding only the SCIM permission.',
  SERVICE: 'Product frontend token.',
  SESSION: 'Browser session.',
});
