import type pg from 'pg';
import { requestsConnection, SERVICE_TENANT, tenantProof } from './database-keys.ts';
import { type Guard, type Store, Secrets } from './directory/index.ts';
import { type Connection, endPool, withCommit, withNext } from './platform/index.ts';
import { DatabaseMoment } from './database-moment.ts';
import { TenantTables } from './tenant-tables.ts';

export interface DatabaseSettings {
  /** The database, with the login of its owner. Requests log in as another user. */
  connection: Connection;
  /** The operator's own login for requests, instead of the one derived from the key. */
  app?: Connection | undefined;
  /** A copy that may lag behind, for reads that may be stale. */
  replica?: Connection | undefined;
  tokenKey: string;
  /** The previous key, during a rotation: what was digested with it is still found. */
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

/** The pool, and the tables as each tenant sees them. It connects with the first statement. */
export function openDatabase(settings: DatabaseSettings): Database {
  const main = new TenantTables(loginAt(settings.connection, settings), settings);
  const replica = settings.replica
    ? new TenantTables(loginAt(settings.replica, settings), settings)
    : main;
  const store = {
    tablesOf: (tenantId: string, guard?: Guard) => main.of(tenantId, guard),
    replicaTablesOf: (tenantId: string) => replica.of(tenantId),
    systemTables: main.of(SERVICE_TENANT),
    withCommit,
    withNext,
    proofOf: (tenantId: string) => tenantProof(settings.tokenKey, tenantId),
    moment: (guard?: Guard) => new DatabaseMoment(main, replica, guard),
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
