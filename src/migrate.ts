import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { steps } from '../migrations/index.ts';
import {
  type Connection,
  createPool,
  endPool,
  refusedConnection,
  StartRefused,
} from './platform/index.ts';
import { admitService, prepareLogins, type RequestAccess } from './requests-role.ts';
import { assertLoginWorks } from './login-check.ts';

const START_LOCK = 5_237_001;
const OLDEST_POSTGRES = 18; // uuidv7() came with it

/**
 * Brings the tables to the newest step and sets up the login of requests. Returns the names of the
 * steps. They run between the two halves of that set-up: they grant to a role that has to exist,
 * and create the table that the keys are stored in.
 */
export function migrate(connection: Connection, access: RequestAccess): Promise<string[]> {
  return withMigrationLock(connection, async pool => {
    await assertNewEnough(pool);
    await prepareLogins(pool, access);
    const taken = (await areAllTaken(pool)) ? [] : await takeSteps(connection);
    await admitService(pool, access);
    await pool.query(ASSUME_LARGE_TENANTS);
    await assertLoginWorks(pool, connection, access);
    return taken;
  });
}

/**
 * A tenant counts as a tenth of its tables. Without any statistics (step 0012) it counts as one
 * two-hundredth: in an installation of one tenant, a page of 50 of 7,000 members then read all of
 * them and sorted, because 35 were expected. The number of distinct tenants is said outright,
 * without a list of frequent ones, which is what a young tenant would be missing from. ANALYZE
 * leaves it as it is, since the column's statistics target is 0; a restore from a dump does not
 * bring it, therefore it is asked for at each start.
 */
const ASSUME_LARGE_TENANTS = `
  select pg_restore_attribute_stats(
      'schemaname', 'public', 'relname', name, 'attname', 'tenant_id', 'inherited', false,
      'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 10::real)
    from unnest(array['members', 'memberships', 'teams']) as name
    where not exists (select from pg_stats where schemaname = 'public' and tablename = name
      and attname = 'tenant_id' and n_distinct = 10)`;

async function takeSteps(connection: Connection): Promise<string[]> {
  // imported here only: it is most of what a start would load
  const { ormOver } = await import('./tables.ts');
  const orm = await ormOver(connection);
  try {
    return await withLockRetry(async () => (await orm.migrator.up()).map(step => step.name));
  } catch (cause) {
    if (!isForbidden(cause)) throw cause;
    throw new StartRefused(
      `The tables could not be made: ${(cause as Error).message}. The user in DATABASE_URL has to own the database.`,
      { cause },
    );
  } finally {
    await orm.close();
  }
}

/**
 * Runs the work under an advisory lock, since several processes may start at once on one database.
 * The lock belongs to a transaction, because behind a pooler only a transaction keeps its
 * connection. It is polled, because a waiting statement would hold a snapshot all the while. The
 * work uses other connections.
 */
export async function withMigrationLock<T>(
  connection: Connection,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = createPool(connection, { max: 2 });
  try {
    const holder = await pool.connect().catch((fault: unknown) => {
      throw refusedConnection(fault) ?? fault;
    });
    // a lost connection releases the lock; the next process finds the work done or repeats it
    holder.on('error', () => {});
    try {
      while (!(await tryLock(holder))) await delay(100);
      return await work(pool);
    } finally {
      holder.release(true);
    }
  } finally {
    await endPool(pool);
  }
}

async function tryLock(holder: pg.PoolClient): Promise<boolean> {
  await holder.query('begin');
  await holder.query('set local idle_in_transaction_session_timeout = 0');
  const { rows } = await holder.query<{ locked: boolean }>(
    'select pg_try_advisory_xact_lock($1) as locked',
    [START_LOCK],
  );
  if (!rows[0]?.locked) await holder.query('rollback');
  return rows[0]?.locked === true;
}

async function assertNewEnough(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  const version = rows[0]?.version ?? '';
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES)
    throw new StartRefused(
      `Muster needs PostgreSQL ${OLDEST_POSTGRES} or newer; the server in DATABASE_URL is PostgreSQL ${version}.`,
    );
}

async function areAllTaken(pool: pg.Pool): Promise<boolean> {
  const {
    rows: [table],
  } = await pool.query<{ there: boolean }>(
    `select to_regclass('mikro_orm_migrations') is not null as there`,
  );
  if (!table?.there) return false;
  const { rows } = await pool.query<{ name: string }>('select name from mikro_orm_migrations');
  const taken = new Set(rows.map(({ name }) => name));
  return Object.keys(steps).every(name => taken.has(name));
}

const codeOf = (fault: unknown): unknown => (fault as { code?: unknown }).code;
const isForbidden = (fault: unknown): boolean => codeOf(fault) === '42501';

/**
 * Retries a step that gave up because a table was locked (55P03): it does not wait for the lock, so
 * that requests never queue behind it.
 */
export async function withLockRetry<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (codeOf(error) !== '55P03' || attempt === 100) throw error;
      await delay(100 + Math.random() * 200);
    }
  }
}
