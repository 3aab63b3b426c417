import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { type MemberSubject, subjectColumns, subjectOf } from './subject.ts';

/** Deleted members can be restored for this long. */
export const RESTORABLE_DAYS = 30;

/** Ends what can no longer be restored. Their audit entries stay. */
export function purge(session: Session): Promise<number> {
  return session.change(async () => {
    const rows = await session.removeMany<MemberSubject>('members', {
      where: sql`target.id in (
        select id from members where tenant_id = ${session.tenantId}
          and deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS})
        order by id limit 500 for update skip locked)`,
      returning: subjectColumns,
    });
    await session.recordAll(
      rows.map(row => ({ action: 'member.purged', subject: subjectOf(row) })),
    );
    return rows.length;
  });
}
