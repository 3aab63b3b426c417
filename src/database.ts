import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Kysely } from 'kysely';
import type pg from 'pg';
import { migrations } from '../migrations/index.ts';
import { entities, type Ground, Secrets, type Tables } from './directory/index.ts';
import { type Connection, createPool, PoolDialect } from './platform/index.ts';

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

export interface Database { ground: Ground; pool: pg.Pool; close(): Promise<void> }

/** What the application's role is held to. Set for each connection, so that no statement can hang a request. */
const LIMITS = '-c role=muster_app -c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s -c timezone=UTC';
const TENANTS_REMEMBERED = 1_000;

/** The pool, and the directory's tables as each tenant may see them. Opens nothing yet: the first statement does. */
export function openDatabase(settings: DatabaseSettings): Database {
  const main = new TenantTables(settings.connection, settings);
  const stale = settings.replica ? new TenantTables(settings.replica, settings) : main;
  const ground = {
    tablesOf: (tenantId: string) => main.of(tenantId), staleTablesOf: (tenantId: string) => stale.of(tenantId), systemTables: main.of(''),
    secrets: new Secrets(settings.tokenKey),
  };
  return { ground, pool: main.pool, close: async () => { await Promise.all([...new Set([main.pool, stale.pool])].map(pool => pool.end())); } };
}

/** One pool, and the tables as each tenant sees them through it. Under no tenant (`''`) no tenant's rows are there. */
class TenantTables {
  readonly pool: pg.Pool;
  readonly #settings: DatabaseSettings;
  readonly #known = new Map<string, Kysely<Tables>>();

  constructor(connection: Connection, settings: DatabaseSettings) {
    const { poolMax: max = 10, onIdleFault } = settings;
    this.#settings = settings;
    this.pool = createPool({ ...connection, options: connection.options ? `${connection.options} ${LIMITS}` : LIMITS }, { max, ...(onIdleFault && { onIdleFault }) });
  }

  of(tenantId: string): Kysely<Tables> {
    const known = this.#known.get(tenantId);
    if (known) return known;
    if (this.#known.size >= TENANTS_REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
    const { pooler = 'none', onStatement } = this.#settings;
    const tables = new Kysely<Tables>({ dialect: new PoolDialect(this.pool, { session: { 'app.tenant': tenantId }, prepare: pooler === 'none', pooler, onStatement }) });
    this.#known.set(tenantId, tables);
    return tables;
  }
}

/** MikroORM over the directory's entities, as the owner of the tables. Makes and checks them; requests never pass through it. */
export function ormOver({ host, port, user, password, database, ...rest }: Connection): MikroORM {
  return new MikroORM({
    entities,
    extensions: [Migrator],
    host: host as string, port: port as number, user: user as string, password: password as string, dbName: database as string,
    driverOptions: rest,
    migrations: { migrationsList: migrations, snapshot: false, tableName: 'mikro_orm_migrations' },
    schemaGenerator: { createForeignKeyConstraints: false, ignorePolicies: true, ignoreRoutines: true },
    pool: { min: 0, max: 2 },
  });
}

const START_LOCK = 5_237_001;

/** Brings the tables to the newest step. */
export function migrate(connection: Connection): Promise<string[]> {
  return alone(connection, async () => {
    const orm = ormOver(connection);
    try {
      return await patiently(async () => (await orm.migrator.up()).map(step => step.name));
    } finally {
      await orm.close();
    }
  });
}

/** Several processes may start at once on one database: one works, the others wait their turn. */
export async function alone<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const pool = createPool(connection, { max: 1 });
  const lock = await pool.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [START_LOCK]);
    return await work();
  } finally {
    lock.release(true); // the lock goes with its connection
    await pool.end();
  }
}

/** A step gives up at once when a table is busy (55P03), so that requests never queue behind it, and tries again. */
async function patiently<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      const busy = (error as { code?: string }).code === '55P03';
      if (!busy || attempt === 100) throw error;
      await new Promise(resolve => setTimeout(resolve, 100 + Math.random() * 200));
    }
  }
}
