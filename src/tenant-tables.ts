import { Kysely } from 'kysely';
import type pg from 'pg';
import { tenantProof } from './database-keys.ts';
import type { DatabaseSettings } from './database.ts';
import type { Guard, Tables } from './directory/index.ts';
import {
  type Connection,
  createPool,
  PoolDialect,
  type PoolDialectOptions,
  Semaphore,
  Snapshot,
  snapshotDialect,
} from './platform/index.ts';

/** No statement can hang a request. */
const LIMITS = {
  statement_timeout: '15s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '30s',
  timezone: 'UTC',
};

/** Longer than any statement may take: who has not answered by then is gone. */
const SILENCE_MS = 20_000;

/** The wait for a connection, after which the database counts as unavailable. */
const WAIT_MS = 5_000;

const TENANTS_REMEMBERED = 1_000;

/**
 * One pool, and the tables as each tenant sees them through it. Every connection proves its tenant;
 * without a proof row-level security shows no rows.
 */
export class TenantTables {
  readonly pool: pg.Pool;
  readonly #settings: DatabaseSettings;
  readonly #known = new Map<string, Kysely<Tables>>();
  /**
   * Snapshots never take the pool's last connection: a request inside one may still wait for a
   * statement outside it.
   */
  readonly snapshotSlots: Semaphore;

  constructor(connection: Connection, settings: DatabaseSettings) {
    const { poolMax = 10, pooler = 'none', onIdleFault } = settings;
    const max = Math.max(poolMax, 2);
    this.snapshotSlots = new Semaphore(max - 1, WAIT_MS);
    this.#settings = settings;
    this.pool = createPool(pooler === 'none' ? limited(connection) : connection, {
      max,
      acquireTimeoutMs: WAIT_MS,
      answerWithinMs: SILENCE_MS,
      ...(onIdleFault && { onIdleFault }),
    });
  }

  of(tenantId: string, guard?: Guard): Kysely<Tables> {
    if (guard && !guard.holds) return this.#tables(tenantId, guard);
    const known = this.#known.get(tenantId);
    if (known) return known;
    if (this.#known.size >= TENANTS_REMEMBERED)
      this.#known.delete(this.#known.keys().next().value as string);
    const tables = this.#tables(tenantId);
    this.#known.set(tenantId, tables);
    return tables;
  }

  #tables(tenantId: string, guard?: Guard): Kysely<Tables> {
    const options = { ...this.#options, session: this.#sessionOf(tenantId), guard };
    return new Kysely<Tables>({ dialect: new PoolDialect(this.pool, options) });
  }

  snapshot(take: () => Promise<() => void>): Snapshot {
    return new Snapshot(this.pool, this.#options, take);
  }

  /** The tables as this tenant sees them in a snapshot. */
  inSnapshot(snapshot: Snapshot, tenantId: string, guard?: Guard): Kysely<Tables> {
    return new Kysely<Tables>({
      dialect: snapshotDialect(snapshot, this.#sessionOf(tenantId), guard),
    });
  }

  get #options(): Omit<PoolDialectOptions, 'session'> {
    const { pooler = 'none', onStatement } = this.#settings;
    return { prepare: pooler === 'none', pooler, onStatement };
  }

  #sessionOf(tenantId: string): Record<string, string> {
    const { pooler, tokenKey } = this.#settings;
    return {
      ...(pooler === 'transaction' && LIMITS),
      'app.tenant': tenantProof(tokenKey, tenantId),
    };
  }
}

/**
 * The limits are options of the connection, which cost no statement. A transaction pooler does not
 * pass options on; there they are set inside each transaction.
 */
function limited(connection: Connection): Connection {
  const limits = Object.entries(LIMITS)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  return {
    ...connection,
    options: connection.options ? `${connection.options} ${limits}` : limits,
  };
}
