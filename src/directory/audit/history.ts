import { sql } from 'kysely';
import { pagePlanOf, type Page, pageIn, type PageRequest, windowOf } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { requireActivity } from '../visibility.ts';
import { type AuditEntryRow, entryColumns, newestFirst } from './entry-rows.ts';

/**
 * The same page of the history of each of these members: one statement, which reads no more than
 * the pages.
 */
export async function historyOf(
  session: Session,
  memberIds: readonly string[],
  request: PageRequest,
): Promise<Map<string, Page<AuditEntryRow>>> {
  requireHistoryOf(session, memberIds);
  const plan = pagePlanOf(request, newestFirst);
  const { where, order, limit, skip } = windowOf(plan, newestFirst);
  const entries = (column: 'subject_id' | 'related_id') => sql`
    (select e.id from audit_entries e where e.tenant_id = ${session.tenantId}
    and e.${sql.ref(column)} = p.id and ${where} order by ${order} limit ${limit + skip})`;
  const ids = memberIds.filter(isId);
  const { rows } =
    ids.length === 0
      ? { rows: [] }
      : await sql<AuditEntryRow & { memberId: string }>`
    select p.id as "memberId", ${entryColumns}
    from (select distinct unnest(${ids}::uuid[]) as id) p
    cross join lateral (select e.id from (${entries('subject_id')} union ${entries('related_id')}) e
    order by ${order} limit ${limit} offset ${skip}) x
    join audit_entries e on e.tenant_id = ${session.tenantId} and e.id = x.id
    order by ${order}
  `.execute(session.db);
  const byMember = Map.groupBy(rows, row => row.memberId);
  return new Map(
    memberIds.map(id => [id, pageIn<AuditEntryRow>(plan, newestFirst, byMember.get(id) ?? [])]),
  );
}

export async function countHistoryOf(
  session: Session,
  memberIds: readonly string[],
): Promise<Map<string, number>> {
  requireHistoryOf(session, memberIds);
  const ids = memberIds.filter(isId);
  const { rows } =
    ids.length === 0
      ? { rows: [] }
      : await sql<{ id: string; count: number }>`
    select p.id, (select count(*) from (
      select e.id from audit_entries e where e.tenant_id = ${session.tenantId}
      and e.subject_id = p.id
      union select e.id from audit_entries e where e.tenant_id = ${session.tenantId}
      and e.related_id = p.id) x) as count
    from (select distinct unnest(${ids}::uuid[]) as id) p
  `.execute(session.db);
  const counts = new Map(rows.map(row => [row.id, row.count]));
  return new Map(memberIds.map(id => [id, counts.get(id) ?? 0]));
}

/** Rule 28: the history of others is a part of the log; one's own is for everybody. */
export function requireHistoryOf(session: Session, memberIds: readonly string[]): void {
  for (const id of memberIds) requireActivity(session, [], id);
}
