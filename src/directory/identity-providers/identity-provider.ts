import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

export const PROVIDER_KINDS = ['ENTRA_ID', 'OKTA', 'SCIM', 'LDAP', 'ACTIVE_DIRECTORY'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];
export const PROVISIONING_STATES = ['ON', 'PAUSED', 'OFF'] as const;
export type ProvisioningState = (typeof PROVISIONING_STATES)[number];
export const ADOPTION_POLICIES = ['ADOPT', 'ASK'] as const;
export type AdoptionPolicy = (typeof ADOPTION_POLICIES)[number];
export const INVITATION_POLICIES = ['IMMEDIATE', 'WITHOUT_SSO', 'MANUAL', 'NEVER'] as const;
export type InvitationPolicy = (typeof INVITATION_POLICIES)[number];
export const EXTENSION_TYPES = ['STRING', 'BOOLEAN', 'INTEGER', 'DATE_TIME'] as const;

export interface Features {
  acceptGroups: boolean;
  invitations: InvitationPolicy;
}
export interface SignIn {
  protocol: 'SAML' | 'OIDC';
  signInUrl?: string | null;
  entityIdUrl?: string | null;
  signatureAlgorithm?: string | null;
}
export interface ExtensionAttribute {
  urn: string;
  name: string;
  type: (typeof EXTENSION_TYPES)[number];
}

/**
 * A system that identities come from: its sign-in record and its SCIM provisioning. Nothing hot
 * lives on this row.
 */
export const IdentityProviderSchema = defineEntity({
  name: 'IdentityProvider',
  tableName: 'identity_providers',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    name: p.text(),
    nameKey: column.folded('name'),
    kind: p.text().$type<ProviderKind>(),
    isActive: p.boolean().default(true),
    provisioning: p.text().$type<ProvisioningState>().default('ON'),
    adoption: p.text().$type<AdoptionPolicy>().default('ASK'),
    strict: p.boolean().default(false),
    features: p.json<Features>(),
    signIn: p.json<SignIn>().nullable(),
    extensionAttributes: p.json<ExtensionAttribute[]>().defaultRaw(`'[]'::jsonb`),
    version: column.version(),
    createdAt: column.now(),
    updatedAt: column.now(),
    deletedAt: column.instant().nullable(),
  },
  indexes: [{ name: 'identity_providers_id_idx', properties: ['id'] }],
  uniques: [
    {
      name: 'identity_providers_name_key',
      properties: ['tenantId', 'nameKey'],
      where: 'deleted_at is null',
    },
  ],
  checks: [
    column.oneOf('identity_providers_kind_known', 'kind', PROVIDER_KINDS),
    column.oneOf('identity_providers_provisioning_known', 'provisioning', PROVISIONING_STATES),
    column.oneOf('identity_providers_adoption_known', 'adoption', ADOPTION_POLICIES),
  ],
});
