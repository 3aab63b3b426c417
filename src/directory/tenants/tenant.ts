import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/** A customer account. A tenant with children may name them and act in them. */
export const TenantSchema = defineEntity({
  name: 'Tenant',
  tableName: 'tenants',
  properties: {
    id: column.id(),
    parentId: p.uuid().nullable(),
    name: p.text(),
    defaultRoleId: p.uuid().nullable(),
    version: column.version(),
    createdAt: column.now(),
    updatedAt: column.now(),
  },
  indexes: [{ name: 'tenants_parent_idx', properties: ['parentId', 'id'] }],
});
