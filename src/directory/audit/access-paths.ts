import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { type Page, type PageRequest, type Window, pageOf } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { type AuditEntryRow, entryColumns, newestFirst } from './entry-rows.ts';

/**
 * One access path into the log: for each of some keys `k`, the entries `e` that an index finds in
 * order. However long the log, each path reads no more of it than a page, and a page is put
 * together from what the paths found.
 */
export interface AccessPath {
  keys: RawBuilder<unknown>;
  match: RawBuilder<SqlBool>;
}

export interface Search {
  /** Common table expressions that the paths refer to. */
  ctes?: RawBuilder<unknown>;
  /** None: the log is read from its end. */
  paths: readonly AccessPath[];
  rest: readonly RawBuilder<SqlBool>[];
}

export function pageOfEntries(
  session: Session,
  request: PageRequest,
  search: Search,
): Promise<Page<AuditEntryRow>> {
  return pageOf<AuditEntryRow>(request, newestFirst, async window => {
    const { rows } = await sql<AuditEntryRow>`
      ${search.ctes ?? sql``}
      select ${entryColumns} from (${idsIn(session, search, window)}) x join audit_entries e
      on e.tenant_id = ${session.tenantId} and e.id = x.id
      order by ${window.order}
    `.execute(session.replica);
    return rows;
  });
}

export async function countEntries(session: Session, search: Search): Promise<number> {
  const found =
    search.paths.length === 0
      ? sql`select e.id from audit_entries e where ${allOf(session, search.rest)}`
      : sql`${sql.join(
          search.paths.map(
            path =>
              sql`select x.id from ${path.keys} k cross join lateral (select e.id
              from audit_entries e where ${allOf(session, [path.match, ...search.rest])}) x`,
          ),
          sql` union `,
        )}`;
  const { rows } = await sql<{
    count: number;
  }>`${search.ctes ?? sql``} select count(*) as count from (${found}) x`.execute(session.replica);
  return rows[0]?.count ?? 0;
}

function idsIn(session: Session, { paths, rest }: Search, window: Window): RawBuilder<unknown> {
  const { where, order, limit, skip } = window;
  if (paths.length === 0)
    return sql`
      select e.id from audit_entries e where ${allOf(session, [...rest, where])} order by ${order}
      limit ${limit} offset ${skip}`;
  const found = paths.map(
    ({ keys, match }) => sql`
    select x.id from ${keys} k cross join lateral (
      select e.id from audit_entries e where ${allOf(session, [match, ...rest, where])}
      order by ${order} limit ${limit + skip}) x`,
  );
  return sql`
    select e.id from (${sql.join(found, sql` union `)}) e order by ${order}
    limit ${limit} offset ${skip}`;
}

const allOf = (session: Session, conditions: readonly RawBuilder<SqlBool>[]) =>
  sql.join([sql<SqlBool>`e.tenant_id = ${session.tenantId}`, ...conditions], sql` and `);
