import { sql } from 'kysely';
import { forgetMailCounts } from '../invitations/mail-limits.ts';
import type { Store } from '../tables/store.ts';
import { systemDirectory } from './first-tenant.ts';

/**
 * Periodic work: releases expired role locks and deletes what is past its retention. Returns the
 * number of tenants that had any.
 */
export async function runMaintenance(store: Store): Promise<number> {
  const { rows } = await sql<{
    id: string;
  }>`
    select tenants_with_work() as id union select tenants_with_leftovers()`.execute(
    store.systemTables,
  );
  for (const { id } of rows) {
    const directory = systemDirectory(store, id);
    await directory.members.releaseExpiredLocks();
    await directory.members.purge();
    await directory.teams.purge();
    await forgetMailCounts(directory);
    await directory.idempotency.sweep();
  }
  return rows.length;
}
