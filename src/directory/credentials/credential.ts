import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ActorRecord, Permission } from '../actor.ts';
import * as column from '../tables/columns.ts';

export const CREDENTIAL_KINDS = ['PERSONAL', 'SCIM', 'SERVICE', 'PROVIDER'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/**
 * An API token of a person or a service, or the secret of a provider. Only a digest is stored. The
 * tenant is part of the secret's text, so even this look-up is by tenant first.
 */
export const CredentialSchema = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    kind: p.text().$type<CredentialKind>(),
    name: p.text(),
    digest: p.text(),
    lastFour: p.text(),
    memberId: p.uuid().nullable(),
    providerId: p.uuid().nullable(),
    permissions: column.texts<Permission>(),
    expiresAt: column.instant().nullable(),
    retiring: p.boolean().default(false),
    revokedAt: column.instant().nullable(),
    createdAt: column.now(),
    madeBy: p.json<ActorRecord>().nullable(),
    madeWith: p.uuid().nullable(),
    ownerId: p.uuid().nullable(),
    ownerTenantId: p.uuid().nullable(),
    chargedTo: p.uuid().nullable(),
    outlivesOwner: p.boolean().default(false),
  },
  uniques: [{ name: 'credentials_digest_key', properties: ['tenantId', 'digest'] }],
  indexes: [
    {
      name: 'credentials_member_idx',
      properties: ['tenantId', 'memberId'],
      where: 'member_id is not null',
    },
    {
      name: 'credentials_provider_idx',
      properties: ['tenantId', 'providerId'],
      where: 'provider_id is not null',
    },
    {
      name: 'credentials_made_with_idx',
      properties: ['tenantId', 'madeWith'],
      where: 'made_with is not null',
    },
    {
      name: 'credentials_charged_idx',
      properties: ['tenantId', 'chargedTo', 'createdAt'],
      where: 'charged_to is not null',
    },
  ],
  checks: [column.oneOf('credentials_kind_known', 'kind', CREDENTIAL_KINDS)],
});
