import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import type { Directory } from '../directory.ts';
import { type Page, pageOf, type PageRequest, type SortKey } from '../paging.ts';
import { type ColumnsOf, type RowOf, written } from '../rows.ts';

export const tenantColumns = [
  'id',
  'parent_id as parentId',
  'name',
  'default_role_id as defaultRoleId',
  'version',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const satisfies ColumnsOf<'tenants'>;
export type TenantRow = RowOf<'tenants', typeof tenantColumns>;

const row = written(tenantColumns);

/** The tenant itself, its parent by name, and its children for those who administer them: nobody sees further than that. */
export async function tenantsByIds(
  directory: Directory,
  ids: readonly string[],
): Promise<TenantRow[]> {
  const { db, tenantId } = directory;
  const { rows } = await sql<TenantRow>`
    select ${row} from tenants
    where ${anyOf(sql`id`, ids)} and (id = ${tenantId}::uuid or ${children(directory)} or id = (select own.parent_id from tenants as own where own.id = ${tenantId}::uuid))
  `.execute(db);
  return rows;
}

/** Children are for those who administer them; to anybody else there are none. */
export const pageOfChildren = (
  directory: Directory,
  request: PageRequest = {},
): Promise<Page<TenantRow>> => pageAmong(directory, children(directory), request);
export const countChildren = (directory: Directory): Promise<number> =>
  countAmong(directory, children(directory));

/** The tenants that whoever asks may enter: the own one, and its children for those who administer them. */
export const pageOfEnterable = (
  directory: Directory,
  request: PageRequest = {},
): Promise<Page<TenantRow>> => pageAmong(directory, enterable(directory), request);
export const countEnterable = (directory: Directory): Promise<number> =>
  countAmong(directory, enterable(directory));

const children = (directory: Directory) =>
  seesChildren(directory)
    ? sql<SqlBool>`parent_id = ${directory.tenantId}::uuid`
    : sql<SqlBool>`false`;
const enterable = (directory: Directory) =>
  sql<SqlBool>`(id = ${directory.tenantId}::uuid or ${children(directory)})`;

function pageAmong(
  { db }: Directory,
  among: RawBuilder<SqlBool>,
  request: PageRequest,
): Promise<Page<TenantRow>> {
  return pageOf(request, [byId], async ({ where, order, portion }) => {
    const { rows } =
      await sql<TenantRow>`select ${row} from tenants where ${among} and ${where} order by ${order} ${portion}`.execute(
        db,
      );
    return rows;
  });
}

async function countAmong({ db }: Directory, among: RawBuilder<SqlBool>): Promise<number> {
  const {
    rows: [counted],
  } = await sql<{ count: number }>`select count(*) from tenants where ${among}`.execute(db);
  return counted?.count ?? 0;
}

const seesChildren = ({ actor }: Directory): boolean => actor.may('TENANT_ADMIN');
const byId: SortKey<TenantRow> = {
  name: 'tenant',
  type: 'uuid',
  expression: sql`id`,
  direction: 'asc',
  read: tenant => tenant.id,
};
