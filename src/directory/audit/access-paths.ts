import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, type Window, pageOf } from '../paging/page.ts';
import { type AuditEntryRow, entryColumns, newestFirst } from './entry-rows.ts';

/**
 * One way into the log: for each of some keys `k`, the entries `e` that an index finds in order. However long the log, each arm
 * reads no more of it than a page, and a page is put together from what the arms found.
 */
export interface Arm {
  keys: RawBuilder<unknown>;
  match: RawBuilder<SqlBool>;
}

export interface Search {
  /** Named queries that the arms refer to. */
  preface?: RawBuilder<unknown>;
  /** None: the log from its end. */
  arms: readonly Arm[];
  rest: readonly RawBuilder<SqlBool>[];
}

export function pageOfEntries(
  session: Session,
  request: PageRequest,
  search: Search,
): Promise<Page<AuditEntryRow>> {
  return pageOf<AuditEntryRow>(request, newestFirst, async window => {
    const { rows } = await sql<AuditEntryRow>`
      ${search.preface ?? sql``}
      select ${entryColumns} from (${idsIn(session, search, window)}) x join audit_entries e on e.tenant_id = ${session.tenantId} and e.id = x.id
      order by ${window.order}
    `.execute(session.stale);
    return rows;
  });
}

export async function countEntries(session: Session, search: Search): Promise<number> {
  const found =
    search.arms.length === 0
      ? sql`select e.id from audit_entries e where ${all(session, search.rest)}`
      : sql`${sql.join(
          search.arms.map(
            arm =>
              sql`select x.id from ${arm.keys} k cross join lateral (select e.id from audit_entries e where ${all(session, [arm.match, ...search.rest])}) x`,
          ),
          sql` union `,
        )}`;
  const { rows } = await sql<{
    count: number;
  }>`${search.preface ?? sql``} select count(*) as count from (${found}) x`.execute(session.stale);
  return rows[0]?.count ?? 0;
}

function idsIn(session: Session, { arms, rest }: Search, window: Window): RawBuilder<unknown> {
  const { where, order, limit, skip } = window;
  if (arms.length === 0)
    return sql`select e.id from audit_entries e where ${all(session, [...rest, where])} order by ${order} limit ${limit} offset ${skip}`;
  const found = arms.map(
    ({ keys, match }) => sql`
    select x.id from ${keys} k cross join lateral (
      select e.id from audit_entries e where ${all(session, [match, ...rest, where])} order by ${order} limit ${limit + skip}) x`,
  );
  return sql`select e.id from (${sql.join(found, sql` union `)}) e order by ${order} limit ${limit} offset ${skip}`;
}

const all = (session: Session, conditions: readonly RawBuilder<SqlBool>[]) =>
  sql.join([sql<SqlBool>`e.tenant_id = ${session.tenantId}`, ...conditions], sql` and `);
