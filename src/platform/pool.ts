import { once } from 'node:events';
import pg from 'pg';

/** Where a server is, in the driver's own terms (what pg-connection-string makes of a URL fits). */
export type Connection = Omit<pg.ClientConfig, 'connectionString' | 'pipeline' | 'types'>;

export interface PoolSettings {
  max: number;
  /** How long a request may wait for a connection before the database counts as away. */
  acquireTimeoutMs?: number;
  /** How long a statement may stay without any answer before its connection counts as lost: a server cut off by the network says nothing at all. */
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
    client.on('error', () => {}); // one loss is told twice, and the second time nobody else may listen any more
  });
  pool.on('remove', () => living.set(pool, (living.get(pool) ?? 0) - 1));
  return pool;
}

/** Ends the pool, and waits until its connections are gone: its own `end` does not, and a server that is stopped next would cut them. */
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
