import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import { type Page, pageOf, type PageRequest, type SortKey } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { TenantSchema } from './tenant.ts';

/** The columns of a tenant, in the order of the result of `parent_tenant()`. */
export const tenantColumns = columnsOf(TenantSchema, {
  only: ['id', 'parentId', 'name', 'defaultRoleId'],
});
export type TenantRow = RowOf<'tenants', typeof tenantColumns>;

const row = columnList(tenantColumns);

/**
 * The tenant itself, its children for those who administer them, and its parent, of which the row
 * policy shows nothing and a function of the database the name: nobody sees further than that.
 */
export async function tenantsByIds(session: Session, ids: readonly string[]): Promise<TenantRow[]> {
  const { db, tenantId } = session;
  const asked = anyOf(sql`id`, ids);
  const parent = ids.some(id => id !== tenantId)
    ? sql`union all select id, null, name, null from parent_tenant() where ${asked}`
    : sql``;
  const { rows } = await sql<TenantRow>`
      select ${row} from tenants where ${asked} and ${enterable(session)} ${parent}`.execute(db);
  return rows;
}

/** The tenant that the session is in. A tenant that is complete has a default role. */
export async function ownTenant(session: Session): Promise<TenantRow & { defaultRoleId: string }> {
  const [own] = await tenantsByIds(session, [session.tenantId]);
  return own as TenantRow & { defaultRoleId: string };
}

/** Children are for those who administer them; to anybody else there are none. */
export const pageOfChildren = (
  session: Session,
  request: PageRequest = {},
): Promise<Page<TenantRow>> => pageAmong(session, children(session), request);
export const countChildren = (session: Session): Promise<number> =>
  countAmong(session, children(session));

/**
 * The tenants that whoever asks may enter: the own one, and its children for those who administer
 * them.
 */
export const pageOfEnterable = (
  session: Session,
  request: PageRequest = {},
): Promise<Page<TenantRow>> => pageAmong(session, enterable(session), request);
export const countEnterable = (session: Session): Promise<number> =>
  countAmong(session, enterable(session));

const children = (session: Session) =>
  seesChildren(session) ? sql<SqlBool>`parent_id = ${session.tenantId}::uuid` : sql<SqlBool>`false`;
const enterable = (session: Session) =>
  sql<SqlBool>`(id = ${session.tenantId}::uuid or ${children(session)})`;

function pageAmong(
  { db }: Session,
  among: RawBuilder<SqlBool>,
  request: PageRequest,
): Promise<Page<TenantRow>> {
  return pageOf(request, [byId], async ({ where, order, limitOffset }) => {
    const { rows } = await sql<TenantRow>`
        select ${row} from tenants where ${among} and ${where}
        order by ${order} ${limitOffset}`.execute(db);
    return rows;
  });
}

async function countAmong({ db }: Session, among: RawBuilder<SqlBool>): Promise<number> {
  const {
    rows: [counted],
  } = await sql<{ count: number }>`select count(*) from tenants where ${among}`.execute(db);
  return counted?.count ?? 0;
}

const seesChildren = ({ actor }: Session): boolean => actor.may('TENANT_ADMIN');
const byId: SortKey<TenantRow> = {
  name: 'tenant',
  type: 'uuid',
  expression: sql`id`,
  direction: 'asc',
  read: tenant => tenant.id,
};
