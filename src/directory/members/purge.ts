import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { subjectOf } from './hold.ts';

/** Deleted members can be restored for this long. */
export const RESTORABLE_DAYS = 30;

/** Ends what can no longer be restored. Their audit entries stay. */
export function purge(session: Session): Promise<number> {
  return session.change(async () => {
    const rows = await session.removeMany<Parameters<typeof subjectOf>[0]>('members', {
      where: sql`target.id in (
        select id from members where tenant_id = ${session.tenantId}
          and deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS})
        order by id limit 500 for update skip locked)`,
      returning: sql`target.id, target.display_name as "displayName",
        target.user_name as "userName"`,
    });
    await session.recordAll(
      rows.map(row => ({ action: 'member.purged', subject: subjectOf(row) })),
    );
    return rows.length;
  });
}
