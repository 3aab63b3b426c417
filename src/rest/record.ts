import { acsUrlOf, loginUrlOf, type ProviderRow, scimUrlOf } from '../directory/index.ts';

/** A provider as the list shows it. */
export interface ListedRecord {
  name: string;
  is_active: boolean;
  protocol: 'SAML' | 'OIDC' | null;
  uuid: string;
  login_url: string | null;
  scim_integration: boolean;
  /**
   * Ends in `/Users`, as scripts that paste it into Tenant URL expect; null while provisioning is
   * off.
   */
  scim_url: string | null;
}

/** A provider by itself: with what its sign-in needs. */
export interface ProviderRecord extends ListedRecord {
  sign_in_url: string | null;
  entity_id_url: string | null;
  acs_url: string | null;
  signature_algorithm: string | null;
}

export function listed(publicUrl: string, provider: ProviderRow): ListedRecord {
  const scimUrl = scimUrlOf(publicUrl, provider);
  return {
    name: provider.name,
    is_active: provider.isActive,
    protocol: provider.signIn?.protocol ?? null,
    uuid: provider.id,
    login_url: provider.signIn && loginUrlOf(publicUrl, provider),
    scim_integration: provider.provisioning !== 'OFF',
    scim_url: scimUrl && `${scimUrl}/Users`,
  };
}

export function recordOf(publicUrl: string, provider: ProviderRow): ProviderRecord {
  const { signIn } = provider;
  return {
    ...listed(publicUrl, provider),
    sign_in_url: signIn?.signInUrl ?? null,
    entity_id_url: signIn?.entityIdUrl ?? null,
    acs_url: acsUrlOf(publicUrl, provider),
    signature_algorithm: signIn?.signatureAlgorithm ?? null,
  };
}
