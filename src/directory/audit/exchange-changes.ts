import { sql } from 'kysely';
import {
  pagePlanOf,
  type Page,
  pageIn,
  type PageRequest,
  type SortKey,
  windowOf,
} from '../paging/page.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type AuditEntryRow, entryColumns } from './entry-rows.ts';

const oldestFirst: SortKey<AuditEntryRow>[] = [
  {
    name: 'entry',
    type: 'uuid',
    expression: sql`e.id`,
    direction: 'asc',
    read: entry => entry.id,
  },
];

/**
 * The same page of what each of these exchanges changed, in the order in which it happened: one
 * statement.
 */
export async function changesOf(
  session: Session,
  exchangeIds: readonly string[],
  request: PageRequest,
): Promise<Map<string, Page<AuditEntryRow>>> {
  requireInspector(session);
  const plan = pagePlanOf(request, oldestFirst);
  const { where, order, limitOffset } = windowOf(plan, oldestFirst);
  const ids = exchangeIds.filter(isId);
  const { rows } =
    ids.length === 0
      ? { rows: [] }
      : await sql<AuditEntryRow>`
    select ${entryColumns} from (select distinct unnest(${ids}::uuid[]) as id) x
    cross join lateral (select e.* from audit_entries e where e.tenant_id = ${session.tenantId}
    and e.exchange_id = x.id and ${where} order by ${order} ${limitOffset}) e
    order by ${order}
  `.execute(session.db);
  const found = Map.groupBy(rows, row => row.exchangeId);
  return new Map(exchangeIds.map(id => [id, pageIn(plan, oldestFirst, found.get(id) ?? [])]));
}

export async function countChangesOf(
  session: Session,
  exchangeIds: readonly string[],
): Promise<Map<string, number>> {
  requireInspector(session);
  const ids = exchangeIds.filter(isId);
  const { rows } =
    ids.length === 0
      ? { rows: [] }
      : await sql<{ id: string; count: number }>`
    select e.exchange_id as id, count(*) as count from audit_entries e
    where e.tenant_id = ${session.tenantId} and e.exchange_id = any(${ids}::uuid[]) group by 1
  `.execute(session.db);
  const counts = new Map(rows.map(row => [row.id, row.count]));
  return new Map(exchangeIds.map(id => [id, counts.get(id) ?? 0]));
}

function requireInspector(session: Session): void {
  if (!session.actor.may('PROVISIONING_ADMIN')) session.require('AUDIT_READ');
}
