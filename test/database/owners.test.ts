import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/database.ts';
import { foundDemoCompany } from '../../src/directory/index.ts';
import { migrate } from '../../src/migrate.ts';
import {
  type Connection,
  connectionOf,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/index.ts';

/** A server of its own: the application's role belongs to a whole server, and here it is made in every way there is. */
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

const place = () => ({ host: server.host, port: server.port });

/** A database, and the user who owns it. */
async function owned(user: string, attributes = ''): Promise<Connection> {
  await admin.query(`create role ${user} login password 'x' ${attributes}`);
  await admin.query(`create database ${user} owner ${user}`);
  return { ...place(), user, password: 'x', database: user };
}

/** Whom the requests of a service on this database run as, once it has a company in it. */
async function servedAs(connection: Connection): Promise<unknown> {
  const database = openDatabase({ connection, tokenKey: 'k'.repeat(40), poolMax: 2 });
  try {
    const { tenantId } = await foundDemoCompany(database.ground);
    expect(
      await database.ground.tablesOf(tenantId).selectFrom('members').select('id').execute(),
    ).toHaveLength(7);
    return (await database.pool.query('select current_user as role')).rows[0];
  } finally {
    await database.close();
  }
}

describe('the user of DATABASE_URL', () => {
  test('who may not make roles is told what a superuser has to say, and is fine when it was said', async () => {
    const connection = await owned('plain');
    const said = await migrate(connection).catch((fault: Error) => fault.message);
    expect(said).toMatch(
      /^The user in DATABASE_URL may not act as the role muster_app.* A superuser has to say, once: create role muster_app nologin; grant muster_app to plain with set true;$/,
    );
    await admin.query(/once: (.*)$/.exec(said as string)![1]!);
    expect(await migrate(connection)).not.toEqual([]);
    expect(await servedAs(connection)).toEqual({ role: 'muster_app' });
    await admin.query('drop database plain with (force)');
    await admin.query('drop role muster_app');
  });

  test('who owns the database and may make roles needs nobody else, twice', async () => {
    const connection = await owned('maker', 'createrole');
    expect(await migrate(connection)).not.toEqual([]);
    expect(await migrate(connection)).toEqual([]);
    expect(await servedAs(connection)).toEqual({ role: 'muster_app' });
  });

  test('who meets a role that somebody else made is told how to be let in', async () => {
    const connection = await owned('second', 'createrole');
    await expect(migrate(connection)).rejects.toThrow(
      /A superuser has to say, once: grant muster_app to second with set true;$/,
    );
    await admin.query('grant muster_app to second with set true');
    expect(await migrate(connection)).not.toEqual([]);
    expect(await servedAs(connection)).toEqual({ role: 'muster_app' });
  });

  test('who is a superuser steps down too', async () => {
    await admin.query('create database super');
    const connection = {
      ...place(),
      user: 'postgres',
      password: server.password,
      database: 'super',
    };
    expect(await migrate(connection)).not.toEqual([]);
    expect(await servedAs(connection)).toEqual({ role: 'muster_app' });
  });

  test('who does not own the database is told so', async () => {
    await admin.query(
      `create role guest login password 'x'; grant muster_app to guest with set true`,
    );
    await admin.query('create database others');
    await expect(
      migrate({ ...place(), user: 'guest', password: 'x', database: 'others' }),
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
    await migrate(url(`${name}?${socket()}`));
    const { rows } = await database.pool.query(
      `select current_setting('work_mem') as memory, current_setting('statement_timeout') as limit, current_user as role, application_name as name from pg_stat_activity where pid = pg_backend_pid()`,
    );
    expect(rows).toEqual([{ memory: '5MB', limit: '15s', role: 'muster_app', name: 'muster one' }]);
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
    await expect(migrate(url(rest()))).rejects.toThrow(sentence);
  });
});
