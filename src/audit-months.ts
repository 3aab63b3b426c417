import { withMigrationLock } from './migrate.ts';
import type { Connection } from './platform/index.ts';

const MONTHS_AHEAD = 3;
const EVERY_MS = 6 * 3_600_000;

/**
 * Creates the audit log's partitions of the next months and drops those whose month ended longer
 * ago than entries are kept. This needs the owner of the tables: the role of requests has no right
 * to drop a partition, so no injected statement can destroy the log. Hence a connection of its own,
 * closed afterwards, instead of the maintenance that runs over the pool.
 */
export function keepAuditMonths(
  connection: Connection,
  keepDays: number | undefined,
): Promise<{ made: number; dropped: number }> {
  return withMigrationLock(connection, async pool => {
    const {
      rows: [made],
    } = await pool.query<{ months: number }>(`select make_audit_months('{}', $1) as months`, [
      MONTHS_AHEAD,
    ]);
    if (keepDays === undefined) return { made: made?.months ?? 0, dropped: 0 };
    const {
      rows: [dropped],
    } = await pool.query<{ months: number }>('select drop_audit_months($1) as months', [keepDays]);
    return { made: made?.months ?? 0, dropped: dropped?.months ?? 0 };
  });
}

/** The same now and every six hours. Returns the way to stop. */
export async function keepAuditMonthsAlways(
  connection: Connection,
  keepDays: number | undefined,
  onFault: (fault: unknown) => void,
): Promise<() => void> {
  await keepAuditMonths(connection, keepDays);
  const timer = setInterval(() => {
    keepAuditMonths(connection, keepDays).catch(onFault);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}
