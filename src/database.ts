import { Kysely } from 'kysely';
import type pg from 'pg';
import { requestsConnection, SERVICE_TENANT, tenantProof } from './database-keys.ts';
import { type Store, type Moment, Secrets, type Tables } from './directory/index.ts';
import {
  type Connection,
  createPool,
  endPool,
  PoolDialect,
  type PoolDialectOptions,
  Snapshot,
  snapshotDialect,
  Semaphore,
  withCommit,
} from './platform/index.ts';

export interface DatabaseSettings {
  /** The database, with the login of its owner. Requests log in as another user. */
  connection: Connection;
  /** The operator's own login for requests, instead of the one derived from the key. */
  app?: Connection | undefined;
  /** A copy that may lag behind, for reads that may be stale. */
  replica?: Connection | undefined;
  tokenKey: string;
  /**
   * The previous key, during a rotation: what was digested with it is still found; nothing new is
   * digested with it.
   */
  previousTokenKey?: string | undefined;
  poolMax?: number;
  pooler?: 'none' | 'transaction';
  /** Told of every statement sent; tests count with it. */
  onStatement?: (sql: string) => void;
  onIdleFault?: (fault: Error) => void;
}

export interface Database {
  store: Store;
  pool: pg.Pool;
  close(): Promise<void>;
}

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
 * The pool, and the directory's tables as each tenant sees them. It connects with the first
 * statement.
 */
export function openDatabase(settings: DatabaseSettings): Database {
  const main = new TenantTables(loginAt(settings.connection, settings), settings);
  const replica = settings.replica
    ? new TenantTables(loginAt(settings.replica, settings), settings)
    : main;
  const store = {
    tablesOf: (tenantId: string) => main.of(tenantId),
    replicaTablesOf: (tenantId: string) => replica.of(tenantId),
    systemTables: main.of(SERVICE_TENANT),
    withCommit,
    proofOf: (tenantId: string) => tenantProof(settings.tokenKey, tenantId),
    moment: () => new DatabaseMoment(main, replica),
    secrets: new Secrets(settings.tokenKey, settings.previousTokenKey),
  };
  return {
    store,
    pool: main.pool,
    close: async () => {
      await Promise.all([...new Set([main.pool, replica.pool])].map(endPool));
    },
  };
}

/** The connection with the login of requests in place of the URL's user, who owns the tables. */
function loginAt(place: Connection, { app, tokenKey }: DatabaseSettings): Connection {
  return app
    ? { ...place, user: app.user!, password: app.password! }
    : requestsConnection(place, tokenKey);
}

/**
 * One pool, and the tables as each tenant sees them through it. Every connection proves its tenant;
 * without a proof row-level security shows no rows.
 */
class TenantTables {
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

  of(tenantId: string): Kysely<Tables> {
    const known = this.#known.get(tenantId);
    if (known) return known;
    if (this.#known.size >= TENANTS_REMEMBERED)
      this.#known.delete(this.#known.keys().next().value as string);
    const tables = new Kysely<Tables>({
      dialect: new PoolDialect(this.pool, { ...this.#options, session: this.#sessionOf(tenantId) }),
    });
    this.#known.set(tenantId, tables);
    return tables;
  }

  snapshot(take: () => Promise<() => void>): Snapshot {
    return new Snapshot(this.pool, this.#options, take);
  }

  /** The tables as this tenant sees them in a snapshot. */
  inSnapshot(snapshot: Snapshot, tenantId: string): Kysely<Tables> {
    return new Kysely<Tables>({ dialect: snapshotDialect(snapshot, this.#sessionOf(tenantId)) });
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

/** A snapshot of the database, and one of its replica where there is one. */
class DatabaseMoment implements Moment {
  readonly #main: TenantTables;
  readonly #replica: TenantTables;
  #snapshots: { main: Snapshot; replica: Snapshot } | null = null;
  #known = new Map<string, Kysely<Tables>>();
  #slot: Promise<() => void> | null = null;
  #holding = 0;

  constructor(main: TenantTables, replica: TenantTables) {
    this.#main = main;
    this.#replica = replica;
  }

  begin(): boolean {
    if (this.#snapshots) return false;
    const take = () => this.#take();
    const main = this.#main.snapshot(take);
    this.#snapshots = {
      main,
      replica: this.#replica === this.#main ? main : this.#replica.snapshot(take),
    };
    return true;
  }

  async renew(): Promise<void> {
    const { main, replica } = this.#snapshots ?? {};
    await Promise.all([main?.end(), replica === main ? undefined : replica?.end()]);
  }

  async end(): Promise<void> {
    const renewed = this.renew();
    this.#snapshots = null;
    this.#known = new Map();
    await renewed;
  }

  tablesOf(tenantId: string): Kysely<Tables> | null {
    return this.#snapshots && this.#of(this.#main, this.#snapshots.main, tenantId);
  }

  replicaTablesOf(tenantId: string): Kysely<Tables> | null {
    if (this.#replica === this.#main) return this.tablesOf(tenantId);
    return this.#snapshots && this.#of(this.#replica, this.#snapshots.replica, tenantId);
  }

  /**
   * One slot covers both databases, so that no request holds a connection to one while it waits for
   * the other.
   */
  async #take(): Promise<() => void> {
    this.#slot ??= this.#main.snapshotSlots.take().catch((fault: unknown) => {
      this.#slot = null;
      throw fault;
    });
    const leave = await this.#slot;
    this.#holding++;
    return () => {
      if (--this.#holding > 0) return;
      this.#slot = null;
      leave();
    };
  }

  #of(tables: TenantTables, snapshot: Snapshot, tenantId: string): Kysely<Tables> {
    const key = `${tables === this.#main ? 'main' : 'replica'} ${tenantId}`;
    let known = this.#known.get(key);
    if (!known) this.#known.set(key, (known = tables.inSnapshot(snapshot, tenantId)));
    return known;
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
