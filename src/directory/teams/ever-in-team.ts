import { sql } from 'kysely';
import type { Session } from '../session.ts';

/** Whether somebody is in a team or ever was: the log remembers who has left. */
export async function everInTeam({ db, tenantId }: Session, memberId: string): Promise<boolean> {
  const { rows } = await sql<{ ever: boolean }>`
    select exists (select from audit_entries where tenant_id = ${tenantId}::uuid and subject_id = ${memberId}::uuid and action in ('membership.added', 'membership.removed')) as ever
  `.execute(db);
  return rows[0]?.ever ?? true;
}
