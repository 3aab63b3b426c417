import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * A rule from a team, or from a value that a provider pushes in `roles`, to a role. The lowest
 * position wins.
 */
export const RoleMappingSchema = defineEntity({
  name: 'RoleMapping',
  tableName: 'role_mappings',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    position: p.integer(),
    teamId: p.uuid().nullable(),
    pushedRole: p.text().nullable(),
    roleId: p.uuid(),
    createdAt: column.now(),
  },
  indexes: [
    { name: 'role_mappings_position_idx', properties: ['tenantId', 'position'] },
    { name: 'role_mappings_role_idx', properties: ['tenantId', 'roleId'] },
  ],
  uniques: [
    { name: 'role_mappings_team_key', properties: ['tenantId', 'teamId'] },
    { name: 'role_mappings_pushed_role_key', properties: ['tenantId', 'pushedRole'] },
  ],
  checks: [
    { name: 'role_mappings_one_source', expression: '(team_id is null) <> (pushed_role is null)' },
  ],
});
