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

const START_LOCK = 5_237_001;
const APP_ROLE = 'muster_app';
const OLDEST_POSTGRES = 18; // uuidv7() came with it

/** Brings the tables to the newest step, and says which steps that took. */
export function migrate(connection: Connection): Promise<string[]> {
  return alone(connection, async pool => {
    await assertNewEnough(pool);
    await prepareRole(pool);
    if (await areAllTaken(pool)) return [];
    const { ormOver } = await import('./tables.ts'); // only here: it is most of what a start would load
    const orm = await ormOver(connection);
    try {
      return await patiently(async () => (await orm.migrator.up()).map(step => step.name));
    } catch (cause) {
      if (!isForbidden(cause)) throw cause;
      throw new StartRefused(
        `The tables could not be made: ${(cause as Error).message}. The user in DATABASE_URL has to own the database.`,
        { cause },
      );
    } finally {
      await orm.close();
    }
  });
}

/**
 * Several processes may start at once on one database: one works, the others wait their turn. The lock belongs to a transaction,
 * because behind a pooler nothing else keeps its connection; it is asked for again and again, because a statement that waits would
 * hold a snapshot all the while. The work is done on other connections.
 */
export async function alone<T>(
  connection: Connection,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = createPool(connection, { max: 2 });
  try {
    const holder = await pool.connect().catch((fault: unknown) => {
      throw refusedConnection(fault) ?? fault;
    });
    holder.on('error', () => {}); // the lock went with its connection; whoever else comes in finds the work done or does it again
    try {
      while (!(await locked(holder))) await delay(100);
      return await work(pool);
    } finally {
      holder.release(true);
    }
  } finally {
    await endPool(pool);
  }
}

async function locked(holder: pg.PoolClient): Promise<boolean> {
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

/** Requests run as a role that owns nothing. It belongs to the whole server, so it may be there before our tables are, or be somebody else's. */
async function prepareRole(pool: pg.Pool): Promise<void> {
  const {
    rows: [role],
  } = await pool.query<{ user: string; there: boolean; usable: boolean }>(
    `
    select quote_ident(current_user) as user, r.oid is not null as there, coalesce(pg_has_role(r.oid, 'SET'), false) as usable
    from (values ($1)) wanted (name) left join pg_roles r on r.rolname = wanted.name`,
    [APP_ROLE],
  );
  if (!role || role.usable) return;
  try {
    if (!role.there) await pool.query(`create role ${APP_ROLE} nologin`).catch(unlessThere);
    await pool.query(`grant ${APP_ROLE} to current_user with set true`);
  } catch (cause) {
    if (!isForbidden(cause)) throw cause;
    const creation = role.there ? '' : `create role ${APP_ROLE} nologin; `;
    throw new StartRefused(
      `The user in DATABASE_URL may not act as the role ${APP_ROLE}, as which requests run. A superuser has to say, once: ${creation}grant ${APP_ROLE} to ${role.user} with set true;`,
      { cause },
    );
  }
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

/** Another database of the same server may have begun at the same moment. */
function unlessThere(fault: unknown): void {
  if (codeOf(fault) !== '42710' && codeOf(fault) !== '23505') throw fault;
}

/** A step gives up at once when a table is busy (55P03), so that requests never queue behind it, and tries again. */
async function patiently<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (codeOf(error) !== '55P03' || attempt === 100) throw error;
      await delay(100 + Math.random() * 200);
    }
  }
}
