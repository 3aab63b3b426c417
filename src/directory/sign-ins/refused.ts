import { sql } from 'kysely';
import type { Session } from '../session.ts';

export interface RefusedSignIns {
  count: number;
  /** The latest one: what it claimed to be, and when it was told of. */
  claimed: string;
  at: Date;
}

/**
 * The sign-ins that were refused within a day although they name somebody; null when there were
 * none. Each subject counts once for each reason.
 */
export async function refusedSignIns({ db, tenantId }: Session): Promise<RefusedSignIns | null> {
  const { rows } = await sql<RefusedSignIns>`
    select claimed, told_at as at, count(*) over () as count from sign_in_refusals
    where tenant_id = ${tenantId}::uuid and told_at > now() - interval '24 hours'
    order by told_at desc limit 1
  `.execute(db);
  return rows[0] ?? null;
}
