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
export function openDatabase({ connection, tokenKey, poolMax = 10, pooler = 'none', onStatement, onIdleFault }: DatabaseSettings): Database {
  const options = connection.options ? `${connection.options} ${LIMITS}` : LIMITS;
  const pool = createPool({ ...connection, options }, { max: poolMax, ...(onIdleFault && { onIdleFault }) });
  const tablesUnder = (session: Record<string, string>) => new Kysely<Tables>({ dialect: new PoolDialect(pool, { session, prepare: pooler === 'none', pooler, onStatement }) });
  const tenants = new Map<string, Kysely<Tables>>();
  const tablesOf = (tenantId: string): Kysely<Tables> => {
    let tables = tenants.get(tenantId);
    if (!tables) {
      if (tenants.size >= TENANTS_REMEMBERED) tenants.delete(tenants.keys().next().value as string);
      tenants.set(tenantId, tables = tablesUnder({ 'app.tenant': tenantId }));
    }
    return tables;
  };
  return { ground: { tablesOf, systemTables: tablesUnder({ 'app.tenant': '' }), secrets: new Secrets(tokenKey) }, pool, close: () => pool.end() };
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

const MIGRATION_LOCK = 5_237_001;

/** Brings the tables to the newest step. Several processes may try at once: one works, the others wait their turn. */
export async function migrate(connection: Connection): Promise<string[]> {
  const orm = ormOver(connection);
  const pool = createPool(connection, { max: 1 });
  const lock = await pool.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await patiently(async () => (await orm.migrator.up()).map(step => step.name));
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {});
    lock.release(true);
    await Promise.all([pool.end(), orm.close()]);
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
