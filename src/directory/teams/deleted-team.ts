import { defineEntity, p } from '@mikro-orm/postgresql';
import { ORIGINS, type Origin } from '../provenance.ts';
import * as column from '../tables/columns.ts';

/**
 * A team that was deleted and can be restored for a while, with the mapping that it had. No query
 * over teams finds it.
 */
export const DeletedTeamSchema = defineEntity({
  name: 'DeletedTeam',
  tableName: 'deleted_teams',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    name: p.text(),
    origin: p.text().$type<Origin>().default('MANUAL'),
    originProviderId: p.uuid().nullable(),
    providerId: p.uuid().nullable(),
    externalId: p.text().nullable(),
    linkId: p.uuid().nullable(),
    version: column.version(),
    mappedRoleId: p.uuid().nullable(),
    mappingPosition: p.integer().nullable(),
    deletedByProvider: p.boolean().default(false),
    createdAt: column.now(),
    deletedAt: column.now(),
  },
  indexes: [{ name: 'deleted_teams_purge_idx', properties: ['tenantId', 'deletedAt'] }],
  checks: [column.oneOf('deleted_teams_origin_known', 'origin', ORIGINS)],
});

/** The members of a deleted team at its deletion. */
export const DeletedMembershipSchema = defineEntity({
  name: 'DeletedMembership',
  tableName: 'deleted_memberships',
  properties: {
    tenantId: column.tenantId(),
    teamId: p.uuid().primary(),
    memberId: p.uuid().primary(),
    origin: p.text().$type<Origin>().default('MANUAL'),
    since: column.now(),
  },
  indexes: [{ name: 'deleted_memberships_member_idx', properties: ['tenantId', 'memberId'] }],
  checks: [column.oneOf('deleted_memberships_origin_known', 'origin', ORIGINS)],
});
