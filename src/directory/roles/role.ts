import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Permission } from '../actor.ts';
import * as column from '../tables/columns.ts';

export const BUILT_IN_ROLES = ['owner', 'admin', 'auditor', 'member'] as const;
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];

/** An access level of one tenant: what it permits, and how strong it is (rank 1 is strongest). */
export const RoleSchema = defineEntity({
  name: 'Role',
  tableName: 'roles',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    name: p.text(),
    nameKey: column.folded('name'),
    permissions: column.texts<Permission>(),
    rank: p.integer(),
    builtIn: p.text().$type<BuiltInRole>().nullable(),
    version: column.version(),
    createdAt: column.now(),
    updatedAt: column.now(),
  },
  uniques: [
    { name: 'roles_name_key', properties: ['tenantId', 'nameKey'] },
    { name: 'roles_built_in_key', properties: ['tenantId', 'builtIn'] },
  ],
});
