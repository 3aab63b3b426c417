import { Kysely } from 'kysely';
import type pg from 'pg';
import { type Ground, Secrets, type Tables } from './directory/index.ts';
import { requestsConnection, SERVICE_TENANT, tenantProof } from './database-keys.ts';
import { type Connection, createPool, endPool, PoolDialect } from './platform/index.ts';

export interface DatabaseSettings {
  /** Where the database is, as its owner. Requests log in there as somebody else. */
  connection: Connection;
  /** A login of the operator's own for requests, instead of the one that is derived from the key. */
  app?: Connection | undefined;
  /** A copy that may lag behind, for reads that may be stale. */
  replica?: Connection | undefined;
  tokenKey: string;
  /** The key of before, during a rotation: what it digested is still found, nothing new is made with it. */
  previousTokenKey?: string | undefined;
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

/** No statement can hang a request. */
const LIMITS = {
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
  const main = new TenantTables(loginAt(settings.connection, settings), settings);
  const stale = settings.replica
    ? new TenantTables(loginAt(settings.replica, settings), settings)
    : main;
  const ground = {
    tablesOf: (tenantId: string) => main.of(tenantId),
    staleTablesOf: (tenantId: string) => stale.of(tenantId),
    systemTables: main.of(SERVICE_TENANT),
    proofOf: (tenantId: string) => tenantProof(settings.tokenKey, tenantId),
    secrets: new Secrets(settings.tokenKey, settings.previousTokenKey),
  };
  return {
    ground,
    pool: main.pool,
    close: async () => {
      await Promise.all([...new Set([main.pool, stale.pool])].map(endPool));
    },
  };
}

/** The place that a URL names, entered as requests log in: never as the user in that URL, who owns the tables. */
function loginAt(place: Connection, { app, tokenKey }: DatabaseSettings): Connection {
  return app
    ? { ...place, user: app.user!, password: app.password! }
    : requestsConnection(place, tokenKey);
}

/** One pool, and the tables as each tenant sees them through it: every connection proves its tenant, and without a proof there are no rows. */
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
    const { pooler = 'none', onStatement, tokenKey } = this.#settings;
    const tables = new Kysely<Tables>({
      dialect: new PoolDialect(this.pool, {
        session: {
          ...(pooler === 'transaction' && LIMITS),
          'app.tenant': tenantProof(tokenKey, tenantId),
        },
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
