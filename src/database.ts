import { Kysely } from 'kysely';
import type pg from 'pg';
import { type Ground, Secrets, type Tables } from './directory/index.ts';
import { type Connection, createPool, endPool, PoolDialect } from './platform/index.ts';

export interface DatabaseSettings {
  /** Where the database is, as its owner: the pool steps down to the application's role, migrations do not. */
  connection: Connection;
  /** A copy that may lag behind, for reads that may be stale. */
  replica?: Connection | undefined;
  tokenKey: string;
  poolMax?: number;
  pooler?: 'none' | 'transaction';
  /** Told of every statement sent; tests count with it. */
  onStatement?: (sql: string) => void;
  onIdleFault?: (fault: Error) => void;
}

export interface Database {
  ground: Ground;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Requests step down to the role that owns nothing, and no statement can hang one. */
const LIMITS = {
  role: 'muster_app',
  statement_timeout: '15s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '30s',
  timezone: 'UTC',
};
/** Longer than any statement may take: who has not answered by then is gone. */
const SILENCE_MS = 20_000;
const TENANTS_REMEMBERED = 1_000;

/** The pool, and the directory's tables as each tenant may see them. Opens nothing yet: the first statement does. */
export function openDatabase(settings: DatabaseSettings): Database {
  const main = new TenantTables(settings.connection, settings);
  const stale = settings.replica ? new TenantTables(settings.replica, settings) : main;
  const ground = {
    tablesOf: (tenantId: string) => main.of(tenantId),
    staleTablesOf: (tenantId: string) => stale.of(tenantId),
    systemTables: main.of(''),
    secrets: new Secrets(settings.tokenKey),
  };
  return {
    ground,
    pool: main.pool,
    close: async () => {
      await Promise.all([...new Set([main.pool, stale.pool])].map(endPool));
    },
  };
}

/** One pool, and the tables as each tenant sees them through it. Under no tenant (`''`) no tenant's rows are there. */
class TenantTables {
  readonly pool: pg.Pool;
  readonly #settings: DatabaseSettings;
  readonly #known = new Map<string, Kysely<Tables>>();

  constructor(connection: Connection, settings: DatabaseSettings) {
    const { poolMax: max = 10, pooler = 'none', onIdleFault } = settings;
    this.#settings = settings;
    this.pool = createPool(pooler === 'none' ? limited(connection) : connection, {
      max,
      answerWithinMs: SILENCE_MS,
      ...(onIdleFault && { onIdleFault }),
    });
  }

  of(tenantId: string): Kysely<Tables> {
    const known = this.#known.get(tenantId);
    if (known) return known;
    if (this.#known.size >= TENANTS_REMEMBERED)
      this.#known.delete(this.#known.keys().next().value as string);
    const { pooler = 'none', onStatement } = this.#settings;
    const tables = new Kysely<Tables>({
      dialect: new PoolDialect(this.pool, {
        session: { ...(pooler === 'transaction' && LIMITS), 'app.tenant': tenantId },
        prepare: pooler === 'none',
        pooler,
        onStatement,
      }),
    });
    this.#known.set(tenantId, tables);
    return tables;
  }
}

/** The limits come with the connection, for nothing. A transaction pooler does not pass that on: there they travel inside each transaction. */
function limited(connection: Connection): Connection {
  const limits = Object.entries(LIMITS)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  return {
    ...connection,
    options: connection.options ? `${connection.options} ${limits}` : limits,
  };
}
