import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import type { TeamRow } from './team-rows.ts';

/** Whether somebody who was in a team was deleted since the team itself was last written: its version does not tell. */
export async function lostMembers(
  { db, tenantId }: Directory,
  { id, updatedAt }: TeamRow,
): Promise<boolean> {
  const { rows } = await sql<{ lost: boolean }>`
    select exists (select from members where tenant_id = ${tenantId}::uuid and deleted_at >= ${updatedAt.toISOString()}::timestamptz - interval '1 minute'
      and teams_before @> ${JSON.stringify([{ teamId: id }])}::jsonb) as lost
  `.execute(db);
  return rows[0]?.lost ?? true;
}
