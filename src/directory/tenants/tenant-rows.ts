import { sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import type { Directory } from '../directory.ts';
import { type Page, pageOf, type PageRequest, type SortKey } from '../paging.ts';
import { type ColumnsOf, type RowOf, written } from '../rows.ts';

export const tenantColumns = [
  'id', 'parent_id as parentId', 'name', 'default_role_id as defaultRoleId', 'version', 'created_at as createdAt', 'updated_at as updatedAt',
] as const satisfies ColumnsOf<'tenants'>;
export type TenantRow = RowOf<'tenants', typeof tenantColumns>;

const row = written(tenantColumns);

/** The tenant itself, its parent by name, and its children for those who administer them: nobody sees further than that. */
export async function tenantsByIds(directory: Directory, ids: readonly string[]): Promise<TenantRow[]> {
  const { db, tenantId } = directory;
  const children = seesChildren(directory) ? sql`parent_id = ${tenantId}::uuid` : sql`false`;
  const { rows } = await sql<TenantRow>`
    select ${row} from tenants
    where ${anyOf(sql`id`, ids)} and (id = ${tenantId}::uuid or ${children} or id = (select own.parent_id from tenants as own where own.id = ${tenantId}::uuid))
  `.execute(db);
  return rows;
}

/** Children are for those who administer them; to anybody else there are none. */
export async function pageOfChildren(directory: Directory, request: PageRequest = {}): Promise<Page<TenantRow>> {
  return pageOf(request, [byId], async ({ where, order, limit, skip }) => {
    if (!seesChildren(directory)) return [];
    const { rows } = await sql<TenantRow>`select ${row} from tenants where parent_id = ${directory.tenantId}::uuid and ${where} order by ${order} limit ${limit} offset ${skip}`.execute(directory.db);
    return rows;
  });
}

export async function countChildren(directory: Directory): Promise<number> {
  if (!seesChildren(directory)) return 0;
  const { rows: [counted] } = await sql<{ count: number }>`select count(*) from tenants where parent_id = ${directory.tenantId}::uuid`.execute(directory.db);
  return counted?.count ?? 0;
}

const seesChildren = ({ actor }: Directory): boolean => actor.may('TENANT_ADMIN');
const byId: SortKey<TenantRow> = { name: 'id', type: 'uuid', expression: sql`id`, direction: 'asc', read: tenant => tenant.id };
