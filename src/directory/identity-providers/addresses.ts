import type { ProviderRow } from './provider-rows.ts';

type Addressed = Pick<ProviderRow, 'id'>;

// Where a provider finds us: made of the address that we are known by, never of what a request says
// of itself.

/** The base URL of Users and Groups; null while provisioning is off. */
export function scimUrlOf(
  publicUrl: string,
  { id, provisioning }: Addressed & Pick<ProviderRow, 'provisioning'>,
): string | null {
  return provisioning === 'OFF' ? null : `${publicUrl}/scim/v2/${id}`;
}

/** Where people of this provider sign in. */
export function loginUrlOf(publicUrl: string, { id }: Addressed): string {
  return `${publicUrl}/sign-in/${id}`;
}

/** Where its assertions are sent. Only SAML has them. */
export function acsUrlOf(
  publicUrl: string,
  { id, signIn }: Addressed & Pick<ProviderRow, 'signIn'>,
): string | null {
  return signIn?.protocol === 'SAML' ? `${publicUrl}/sign-in/${id}/acs` : null;
}
