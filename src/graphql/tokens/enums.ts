import { words } from '../schema/enums.ts';

export type CredentialWord = 'PERSONAL' | 'SCIM' | 'SERVICE' | 'SESSION';
export const CredentialKind = words<CredentialWord>(
  'CredentialKind',
  'Kinds of credential, by whom they act for and what they open.',
  {
    PERSONAL: 'Token that acts for the person who made it.',
    SCIM: 'Token of a person that opens SCIM endpoints only.',
    SERVICE: "Token that acts by itself, for a product's own service.",
    SESSION: 'Sign-in of a person at an OpenID provider; not a token of ours.',
  },
);
