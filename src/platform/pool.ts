import { once } from 'node:events';
import pg from 'pg';

/**
 * The address of a server in the driver's own terms; what pg-connection-string makes of a URL fits.
 */
export type Connection = Omit<pg.ClientConfig, 'connectionString' | 'pipeline' | 'types'>;

export interface PoolSettings {
  max: number;
  /** The wait for a connection, after which the database counts as unavailable. */
  acquireTimeoutMs?: number;
  /**
   * The time without any answer to a statement, after which its connection counts as lost: a server
   * that the network cut off sends no error.
   */
  answerWithinMs?: number;
  /** Told of connections that die while nobody uses them; the pool has already let go of them. */
  onIdleFault?: (fault: Error) => void;
}

const INT8 = 20;
const DATE = 1082;
/** A server that does not take its leave in this time is not there. */
const GOODBYE_MS = 2_000;
/** The connections of each pool that have not ended. */
const living = new WeakMap<pg.Pool, number>();

/** A pool whose clients send statements without waiting for the answers of earlier ones. */
export function createPool(connection: Connection, settings: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: settings.max,
    connectionTimeoutMillis: settings.acquireTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    ...(settings.answerWithinMs && { query_timeout: settings.answerWithinMs }),
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', fault => settings.onIdleFault?.(fault));
  living.set(pool, 0);
  pool.on('connect', client => {
    living.set(pool, (living.get(pool) ?? 0) + 1);
    // one loss emits two errors, and at the second nobody may be listening any more
    client.on('error', () => {});
  });
  pool.on('remove', () => living.set(pool, (living.get(pool) ?? 0) - 1));
  return pool;
}

/**
 * Ends the pool and waits until its connections are closed. The driver's own `end` does not wait,
 * and a server that is stopped next would cut them.
 */
export async function endPool(pool: pg.Pool): Promise<void> {
  await pool.end();
  const timeout = AbortSignal.timeout(GOODBYE_MS);
  while ((living.get(pool) ?? 0) > 0 && !timeout.aborted)
    await once(pool, 'remove', { signal: timeout }).catch(() => {});
}

/** Counts fit a number (2^53), and a date has no hour: both arrive as what they are. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (format === 'binary') return pg.types.getTypeParser(oid, format);
  if (oid === INT8) return Number;
  if (oid === DATE) return String;
  return pg.types.getTypeParser(oid);
}
