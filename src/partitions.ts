import type pg from 'pg';
import { withLockRetry, withMigrationLock } from './migrate.ts';
import type { Connection } from './platform/index.ts';

export interface Retention {
  /** Audit entries are kept for so many days; for ever without it. */
  auditDays: number | undefined;
  exchangeDays: number;
}

const MONTHS_AHEAD = 3;
const DAYS_AHEAD = 3;
const EVERY_MS = 6 * 3_600_000;
/** The most exchanges that are kept of one provider, however young they are. */
const EXCHANGES_PER_PROVIDER = 100_000;
const PORTION = 5_000;

/**
 * Creates the partitions that are needed next - the audit log has one for each month, SCIM
 * exchanges one for each day - and drops those that ended longer ago than their rows are kept.
 * Returns the number of partitions dropped.
 *
 * This needs the owner of the tables: the role of requests has no right to drop a partition, so no
 * injected statement can destroy the log. Hence a connection of its own, closed afterwards, instead
 * of the maintenance that runs over the pool.
 */
export function keepPartitions(
  connection: Connection,
  { auditDays, exchangeDays }: Retention,
): Promise<number> {
  return withMigrationLock(connection, async pool => {
    await alter(pool, `make_audit_months('{}', ${MONTHS_AHEAD})`);
    const months =
      auditDays === undefined ? 0 : await alter(pool, `drop_audit_months(${auditDays})`);
    await alter(pool, `make_exchange_days('{}', ${DAYS_AHEAD})`);
    const days = await alter(pool, `drop_exchange_days(${exchangeDays})`);
    await trimExchanges(pool, EXCHANGES_PER_PROVIDER);
    return months + days;
  });
}

/**
 * Attaching and dropping a partition lock the whole table. While such a lock waits for a running
 * statement, every later one queues behind it; so the wait is short, and repeated.
 */
function alter(pool: pg.Pool, call: string): Promise<number> {
  const text = `set local lock_timeout = '100ms'; select ${call} as count`;
  return withLockRetry(async () => {
    // Two statements without values are one transaction, and give two results.
    const results = (await pool.query(text)) as unknown as pg.QueryResult<{ count: number }>[];
    return results[1]?.rows[0]?.count ?? 0;
  });
}

/**
 * Deletes the oldest exchanges beyond so many of a provider, in portions that are short to hold.
 */
export async function trimExchanges(pool: pg.Pool, perProvider: number): Promise<void> {
  for (let deleted = PORTION; deleted > 0;) {
    const { rows } = await pool.query<{ count: number }>('select trim_exchanges($1, $2) as count', [
      perProvider,
      PORTION,
    ]);
    deleted = rows[0]?.count ?? 0;
  }
}

/** The same now and every six hours. Returns the way to stop. */
export async function keepPartitionsAlways(
  connection: Connection,
  retention: Retention,
  onFault: (fault: unknown) => void,
): Promise<() => void> {
  await keepPartitions(connection, retention);
  const timer = setInterval(() => {
    keepPartitions(connection, retention).catch(onFault);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}
