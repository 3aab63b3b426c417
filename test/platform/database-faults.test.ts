import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Kysely, sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createPool,
  isOutage,
  isRetryable,
  PoolDialect,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/index.ts';

let folder: string;
let server: EmbeddedPostgres;
let pool: pg.Pool;
let db: Kysely<unknown>;

const started: EmbeddedPostgres[] = [];
const start = async () => {
  const made = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'pg'),
    ephemeral: true,
    settings: {
      max_connections: '8',
      superuser_reserved_connections: '0',
      reserved_connections: '0',
    },
  });
  started.push(made);
  return made;
};
const fault = (work: Promise<unknown>): Promise<unknown> => work.catch((caught: unknown) => caught);
const postmaster = () =>
  Number(readFileSync(path.join(folder, 'pg', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
const sleeping = async () => {
  for (;;) {
    const { rows } =
      await sql`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`.execute(
        db,
      );
    if (rows.length > 0) return;
  }
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'muster-faults-'));
  chmodSync(folder, 0o755);
  server = await start();
  pool = createPool(
    {
      host: server.host,
      port: server.port,
      user: server.user,
      password: server.password,
      database: 'postgres',
    },
    { max: 5, acquireTimeoutMs: 500 },
  );
  db = new Kysely({
    dialect: new PoolDialect(pool, { session: { 'app.tenant': 'a' }, prepare: true }),
  });
});
afterAll(async () => {
  await pool.end();
  await Promise.all(started.map(each => each.stop()));
  rmSync(folder, { recursive: true, force: true });
});

test('a server stopped under running statements is an outage, and its return is noticed without help', async () => {
  const running = [1, 2].map(() => fault(sql`select pg_sleep(60)`.execute(db)));
  const inTransaction = fault(
    db.transaction().execute(async trx => {
      await sql`select 1`.execute(trx);
      return Promise.all([sql`select pg_sleep(60)`.execute(trx), sql`select 2`.execute(trx)]);
    }),
  );
  await sleeping();
  await server.stop();
  for (const caught of await Promise.all([...running, inTransaction]))
    expect(isOutage(caught), String(caught)).toBe(true);
  for (let i = 0; i < 6; i++) expect(isOutage(await fault(sql`select 1`.execute(db)))).toBe(true);
  server = await start();
  expect(await fault(sql`select ${1}::int`.execute(db))).toMatchObject({ rows: [{ int4: 1 }] });
});

test('a server killed outright is an outage', async () => {
  const running = fault(sql`select pg_sleep(60)`.execute(db));
  await sleeping();
  process.kill(postmaster(), 'SIGKILL');
  process.kill(await backendOf('select pg_sleep'), 'SIGKILL');
  expect(isOutage(await running)).toBe(true);
  server = await start();
  expect(server.startedHere).toBe(true);
  // the pool lets go of its dead connections
  for (;;) if (!isOutage(await fault(sql`select 1`.execute(db)))) break;
  expect(await fault(sql`select 1 as one`.execute(db))).toMatchObject({ rows: [{ one: 1 }] });
});

test('a connection ended by an operator is an outage for its statement only', async () => {
  const running = fault(sql`select pg_sleep(60)`.execute(db));
  await sleeping();
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%'`.execute(
    db,
  );
  expect(isOutage(await running)).toBe(true);
  expect(await fault(sql`select 1 as one`.execute(db))).toMatchObject({ rows: [{ one: 1 }] });
});

test('no free connection in time is an outage', async () => {
  let free = () => {};
  const held = new Promise<void>(resolve => {
    free = resolve;
  });
  const holders = Array.from({ length: 5 }, () =>
    db.connection().execute(async one => {
      await sql`select 1`.execute(one);
      await held;
    }),
  );
  expect(isOutage(await fault(sql`select 1`.execute(db)))).toBe(true);
  free();
  await Promise.all(holders);
});

test('a server without connections left is an outage', async () => {
  const other = createPool(
    {
      host: server.host,
      port: server.port,
      user: server.user,
      password: server.password,
      database: 'postgres',
    },
    { max: 20 },
  );
  const clients = await Promise.allSettled(Array.from({ length: 20 }, () => other.connect()));
  const refused = clients.filter(each => each.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(isOutage(reason), String(reason)).toBe(true);
  for (const each of clients) if (each.status === 'fulfilled') each.value.release(true);
  await other.end();
});

const coded = (code: string) => Object.assign(new Error('said by the server'), { code });

test.each([
  ['57P01', true, false],
  ['57P02', true, false],
  ['57P03', true, false],
  ['08006', true, false],
  ['53300', true, false],
  ['ECONNREFUSED', true, false],
  ['ECONNRESET', true, false],
  ['ENOENT', false, false],
  ['40001', false, true],
  ['40P01', false, true],
  ['23505', false, false],
  ['57014', false, true],
  ['55P03', false, true],
  ['25P02', false, false],
  ['0A000', false, false],
])('%s: outage %s, retryable %s', (code, outage, retryable) => {
  expect([isOutage(coded(code)), isRetryable(coded(code))]).toEqual([outage, retryable]);
  const wrapped = new Error('the query failed', { cause: coded(code) });
  expect([isOutage(wrapped), isRetryable(wrapped)]).toEqual([outage, retryable]);
});

test('a socket that is not there is an outage, a missing file is not', () => {
  const missing = (syscall: string) => isOutage(Object.assign(coded('ENOENT'), { syscall }));
  expect([missing('connect'), missing('open')]).toEqual([true, false]);
});

test('a mistake of ours is neither', () => {
  for (const mistake of [
    new TypeError('x is undefined'),
    'text',
    null,
    undefined,
    new AggregateError([]),
  ]) {
    expect([isOutage(mistake), isRetryable(mistake)]).toEqual([false, false]);
  }
});

async function backendOf(query: string): Promise<number> {
  const { rows } = await sql<{
    pid: number;
  }>`select pid from pg_stat_activity where query like ${`${query}%`} and backend_type = 'client backend' and pid <> pg_backend_pid()`
    .execute(db)
    .catch(() => ({ rows: [] }));
  return rows[0]?.pid ?? spawn('true').pid!;
}
