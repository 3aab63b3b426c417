import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { loginOf } from '../../src/database-keys.ts';
import { createDemoCompany, type Store } from '../../src/directory/index.ts';
import { migrate } from '../../src/migrate.ts';
import {
  type Connection,
  connectionOf,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/index.ts';

const ACCESS = { tokenKeys: ['k'.repeat(40)] as [string] };

/**
 * A server of its own: the application's role belongs to a whole server, and here it is made in
 * every way there is.
 */
let folder: string;
let server: EmbeddedPostgres;
let admin: pg.Client;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'muster-owners-'));
  chmodSync(folder, 0o755);
  server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pg'), ephemeral: true });
  admin = new pg.Client({
    ...place(),
    user: 'postgres',
    password: server.password,
    database: 'postgres',
  });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const { user: LOGIN } = loginOf('k'.repeat(40));
const LOGGED_IN = { role: LOGIN, app: true, temporary: false };
const place = () => ({ host: server.host, port: server.port });

/** A database, and the user who owns it. */
async function owned(user: string, attributes = ''): Promise<Connection> {
  await admin.query(`create role ${user} login password 'x' ${attributes}`);
  await admin.query(`create database ${user} owner ${user}`);
  return { ...place(), user, password: 'x', database: user };
}

/** Whom the requests of a service on this database run as, once it has a company in it. */
async function servedAs(connection: Connection, app?: Connection): Promise<unknown> {
  const database = openDatabase({ connection, app, tokenKey: 'k'.repeat(40), poolMax: 2 });
  try {
    const { tenantId } = await createDemoCompany(database.store);
    expect(
      await database.store.tablesOf(tenantId).selectFrom('members').select('id').execute(),
    ).toHaveLength(7);
    return (
      await database.pool.query(
        `select session_user as role, pg_has_role(session_user, 'muster_app', 'usage') as app, has_database_privilege(current_database(), 'temp') as temporary`,
      )
    ).rows[0];
  } finally {
    await database.close();
  }
}

describe('the user of DATABASE_URL', () => {
  test('who may not make roles is told what a superuser has to say, and is fine when it was said', async () => {
    const connection = await owned('plain');
    const said = await migrate(connection, ACCESS).catch((fault: Error) => fault.message);
    expect(said).toMatch(
      /^The user in DATABASE_URL may not make the role that requests log in as\. A superuser has to say, once: create role muster_app nologin; create role "muster_login_[0-9a-f]{12}" login password 'SCRAM-SHA-256\$[^']+' in role muster_app;$/,
    );
    expect(said).not.toContain(loginOf('k'.repeat(40)).password); // it goes into logs
    await admin.query(/once: (.*)$/.exec(said as string)![1]!);
    expect(await migrate(connection, ACCESS)).not.toEqual([]);
    expect(await servedAs(connection)).toEqual(LOGGED_IN);
    await admin.query('drop database plain with (force)');
    await admin.query(`drop role muster_app; drop role "${LOGIN}"`);
  });

  test('who owns the database and may make roles needs nobody else, twice', async () => {
    const connection = await owned('maker', 'createrole');
    expect(await migrate(connection, ACCESS)).not.toEqual([]);
    expect(await migrate(connection, ACCESS)).toEqual([]);
    expect(await servedAs(connection)).toEqual(LOGGED_IN);
  });

  test('who meets a role that somebody else made is told how to let requests in', async () => {
    await admin.query('drop database maker with (force)');
    await admin.query(`drop role "${LOGIN}"`);
    const connection = await owned('second', 'createrole');
    await expect(migrate(connection, ACCESS)).rejects.toThrow(
      /A superuser has to say, once: create role "muster_login_\w+" login password '[^']+' in role muster_app;$/,
    );
    await admin.query(`create role "${LOGIN}" login password 'not the one it should be'`);
    await expect(migrate(connection, ACCESS)).rejects.toThrow(
      /A superuser has to say, once: grant muster_app to "muster_login_\w+";$/,
    );
    await admin.query(`grant muster_app to "${LOGIN}"`);
    const refused = await migrate(connection, ACCESS).catch((fault: Error) => fault.message);
    expect(refused).toMatch(/^The database does not let the user muster_login_\w+ log in/);
    await admin.query(`drop role "${LOGIN}"`);
    await admin.query(
      `create role "${LOGIN}" login password '${loginOf('k'.repeat(40)).password}' in role muster_app`,
    );
    expect(await migrate(connection, ACCESS)).toEqual([]);
    expect(await servedAs(connection)).toEqual(LOGGED_IN);
  });

  test('whose superuser gave the login another password and settings has both put right at the next start', async () => {
    await admin.query('create database healed');
    const connection = {
      ...place(),
      user: 'postgres',
      password: server.password,
      database: 'healed',
    };
    await migrate(connection, ACCESS);
    await admin.query(
      `alter role "${LOGIN}" password 'stolen'; alter role "${LOGIN}" set default_transaction_read_only = on; alter role "${LOGIN}" in database healed set search_path = nowhere`,
    );
    expect(await migrate(connection, ACCESS)).toEqual([]);
    expect(await servedAs(connection)).toEqual(LOGGED_IN);
  });

  test('who names a login of their own for requests is served as that, unless it is the owner', async () => {
    const connection = await owned('named', 'superuser');
    const app = { ...connection, user: 'own_login', password: 'of my own' };
    await migrate(connection, { ...ACCESS, app });
    expect(await servedAs(connection, app)).toEqual({ ...LOGGED_IN, role: 'own_login' });
    await expect(migrate(connection, { ...ACCESS, app: connection })).rejects.toThrow(
      /^Requests would log in as named, which owns tables or may bypass their policies\. DATABASE_APP_URL has to name another user/,
    );
  });

  test('whose TOKEN_KEY is another than before is told so, during a rotation both work, and after it only the new one', async () => {
    const connection = await owned('rotated', 'superuser');
    const [old, present] = ['o'.repeat(40), 'n'.repeat(40)] as const;
    await migrate(connection, { tokenKeys: [old] });
    await expect(migrate(connection, { tokenKeys: [present] })).rejects.toThrow(
      /^This database was used with another TOKEN_KEY\./,
    );
    const first = openDatabase({ connection, tokenKey: old, poolMax: 1 });
    const { tenantId } = await createDemoCompany(first.store);
    const members = (store: Store) =>
      store.tablesOf(tenantId).selectFrom('members').select('id').execute();
    await migrate(connection, { tokenKeys: [present, old] });
    const second = openDatabase({ connection, tokenKey: present, poolMax: 1 });
    expect([await members(first.store), await members(second.store)]).toEqual([
      expect.objectContaining({ length: 7 }),
      expect.objectContaining({ length: 7 }),
    ]);
    // one of the old processes starts again meanwhile
    await migrate(connection, { tokenKeys: [old] });
    expect(await members(second.store)).toHaveLength(7);
    await migrate(connection, { tokenKeys: [present] });
    expect(await members(first.store)).toHaveLength(0);
    expect(await members(second.store)).toHaveLength(7);
    await migrate(connection, { tokenKeys: ['x'.repeat(40)], keyIsLost: true });
    expect(await members(second.store)).toHaveLength(0);
    await Promise.all([first.close(), second.close()]);
  });

  test('who is a superuser steps down too', async () => {
    await admin.query('create database super');
    const connection = {
      ...place(),
      user: 'postgres',
      password: server.password,
      database: 'super',
    };
    expect(await migrate(connection, ACCESS)).not.toEqual([]);
    expect(await servedAs(connection)).toEqual(LOGGED_IN);
  });

  test('who does not own the database is told so', async () => {
    await admin.query(`create role guest login password 'x'`);
    await admin.query('create database others');
    await expect(
      migrate({ ...place(), user: 'guest', password: 'x', database: 'others' }, ACCESS),
    ).rejects.toThrow(
      /^The tables could not be made: .*\. The user in DATABASE_URL has to own the database\.$/,
    );
  });
});

describe('the parameters of DATABASE_URL', () => {
  const url = (rest: string) =>
    connectionOf(`postgres://postgres:${encodeURIComponent(server.password)}@localhost/${rest}`);
  const socket = () => `host=${encodeURIComponent(server.host)}`;

  test('reach the session', async () => {
    const { database: name } = await owned('parametrised', 'superuser');
    const database = openDatabase({
      connection: url(
        `${name}?${socket()}&application_name=muster%20one&options=-c%20work_mem%3D5MB`,
      ),
      tokenKey: 'k'.repeat(40),
    });
    await migrate(url(`${name}?${socket()}`), ACCESS);
    const { rows } = await database.pool.query(
      `select current_setting('work_mem') as memory, current_setting('statement_timeout') as limit, session_user as role, application_name as name from pg_stat_activity where pid = pg_backend_pid()`,
    );
    expect(rows).toEqual([{ memory: '5MB', limit: '15s', role: LOGIN, name: 'muster one' }]);
    await database.close();
  });

  test.each<[string, () => string, RegExp]>([
    [
      'a server without TLS',
      () => `postgres?${socket()}&sslmode=require`,
      /^The database server offers no TLS, and the URL asks for it \(sslmode\)\. See DATABASE_URL\.$/,
    ],
    [
      'a database that is not there',
      () => `elsewhere?${socket()}`,
      /^The database server has no database of that name\. See DATABASE_URL\.$/,
    ],
    [
      'a wrong password',
      () => `postgres?${socket()}&password=guessed`,
      /^The database refuses the user or the password\. See DATABASE_URL\.$/,
    ],
  ])('%s is told in a sentence', async (_, rest, sentence) => {
    await expect(migrate(url(rest()), ACCESS)).rejects.toThrow(sentence);
  });
});
