import { sql } from 'kysely';
import { RESTORABLE_DAYS } from '../members/purge.ts';
import type { Session } from '../session.ts';
import { subjectOf } from './lock.ts';

/** Ends what can no longer be restored. Returns how many. */
export function purge(session: Session): Promise<number> {
  return session.change(async () => {
    const { rows } = await sql<{ id: string; name: string }>`
      delete from deleted_teams where tenant_id = ${session.tenantId} and id in (
        select id from deleted_teams where tenant_id = ${session.tenantId}
        and deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS})
        order by id limit 100 for update skip locked)
      returning id, name
    `.execute(session.db);
    await session.recordAll(rows.map(row => ({ action: 'team.purged', subject: subjectOf(row) })));
    return rows.length;
  });
}
