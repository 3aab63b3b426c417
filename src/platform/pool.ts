import pg from 'pg';

/** Where a server is, in the driver's own terms (what pg-connection-string makes of a URL fits). */
export type Connection = Omit<pg.ClientConfig, 'connectionString' | 'pipeline' | 'types'>;

export interface PoolSettings {
  max: number;
  /** How long a request may wait for a connection before the database counts as away. */
  acquireTimeoutMs?: number;
  /** Told of connections that die while nobody uses them; the pool has already let go of them. */
  onIdleFault?: (fault: Error) => void;
}

const INT8 = 20;
const DATE = 1082;

/** A pool whose clients send statements without waiting for the answers of earlier ones. */
export function createPool(connection: Connection, settings: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: settings.max,
    connectionTimeoutMillis: settings.acquireTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', fault => settings.onIdleFault?.(fault));
  return pool;
}

/** Counts fit a number (2^53), and a date has no hour: both arrive as what they are. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (format === 'binary') return pg.types.getTypeParser(oid, format);
  if (oid === INT8) return Number;
  if (oid === DATE) return String;
  return pg.types.getTypeParser(oid);
}
