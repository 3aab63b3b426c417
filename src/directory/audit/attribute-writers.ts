import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type AuditEntryRow, entryColumns } from './entry-rows.ts';
import { requireHistoryOf } from './history.ts';

export interface AttributeWriter {
  memberId: string;
  attribute: string;
  entry: AuditEntryRow;
}

/** How far back a member's history is looked through. */
const ENTRIES_LOOKED_AT = 500;

/** For each attribute of these members the last entry that changed it: one statement. */
export async function lastWriters(
  session: Session,
  memberIds: readonly string[],
): Promise<AttributeWriter[]> {
  requireHistoryOf(session, memberIds);
  const ids = memberIds.filter(isId);
  if (ids.length === 0) return [];
  const { rows } = await sql<AuditEntryRow & { memberId: string; attribute: string }>`
    select distinct on (p.id, c.name) p.id as "memberId", c.name as attribute, ${entryColumns}
    from (select distinct unnest(${ids}::uuid[]) as id) p
    cross join lateral (
      select e.* from audit_entries e where e.tenant_id = ${session.tenantId}
      and e.subject_id = p.id and e.outcome = 'SUCCESS'
      order by e.id desc limit ${ENTRIES_LOOKED_AT}) e
    cross join lateral jsonb_to_recordset(e.changes) as c (name text)
    order by p.id, c.name, e.id desc
  `.execute(session.db);
  return rows.map(({ memberId, attribute, ...entry }) => ({ memberId, attribute, entry }));
}
