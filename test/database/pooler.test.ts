import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { loginOf } from '../../src/database-keys.ts';
import {
  createDemoCompany,
  createFirstTenant,
  systemDirectory,
} from '../../src/directory/index.ts';
import { migrate } from '../../src/migrate.ts';
import { type Connection, connectionOf } from '../../src/platform/index.ts';
import { createEmptyDatabase } from '../support/cluster.ts';

const ACCESS = { tokenKeys: ['k'.repeat(40)] as [string] };

const PORT = 6432; // of a socket in a folder of our own

const installed = (() => {
  try {
    execFileSync('pgbouncer', ['--version'], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    });
    return true;
  } catch {
    return false;
  }
})();
if (!installed)
  process.emitWarning(
    'PgBouncer is not installed: that the service works behind it is not tested.',
  );

/** One server connection for everybody, so that whatever is left on it is found by the next. */
describe.skipIf(!installed)(
  'behind PgBouncer in transaction mode (skipped without PgBouncer)',
  () => {
    let folder: string;
    let pooler: ChildProcess;
    let connection: Connection;
    let database: Database;

    beforeAll(async () => {
      const server = inject('cluster');
      const { database: name } = connectionOf(await createEmptyDatabase());
      folder = mkdtempSync(path.join(os.tmpdir(), 'muster-pooler-'));
      const file = (called: string, text: string) => writeFileSync(path.join(folder, called), text);
      const login = loginOf('k'.repeat(40));
      file(
        'users',
        [server, login].map(({ user, password }) => `"${user}" "${password}"\n`).join(''),
      );
      file(
        'pooler.ini',
        `
      [databases]
      * = host=${server.host} port=${server.port}
      [pgbouncer]
      pool_mode = transaction
      default_pool_size = 3
      listen_addr =
      listen_port = ${PORT}
      unix_socket_dir = ${folder}
      auth_type = scram-sha-256
      auth_file = ${path.join(folder, 'users')}`.replaceAll(/^ +/gm, ''),
      );
      const account = process.getuid?.() === 0 ? idOf('postgres') : undefined;
      chmodSync(folder, 0o755);
      if (account)
        for (const each of ['.', 'users', 'pooler.ini'])
          chownSync(path.join(folder, each), account.uid, account.gid);
      pooler = spawn('pgbouncer', [path.join(folder, 'pooler.ini')], {
        ...account,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
      });
      const said = createInterface(pooler.stderr!);
      for await (const line of said) if (line.includes('process up')) break;
      pooler.stderr!.resume();
      connection = {
        host: folder,
        port: PORT,
        user: server.user,
        password: server.password,
        database: name!,
      };
      await migrate(connection, ACCESS);
      database = openDatabase({
        connection,
        pooler: 'transaction',
        tokenKey: 'k'.repeat(40),
        poolMax: 8,
      });
    });

    afterAll(async () => {
      await database?.close();
      pooler?.kill('SIGKILL');
      if (pooler?.exitCode === null && pooler.signalCode === null) await once(pooler, 'exit');
      rmSync(folder, { recursive: true, force: true });
    });

    test('the role and its limits hold for every statement, and are left behind by none', async () => {
      const { tenantId } = await createFirstTenant(database.store, {
        tenant: 'Northwind',
        userName: 'olivia@northwind.example',
      });
      const tables = database.store.tablesOf(tenantId);
      const { rows } =
        await sql`select session_user as role, current_setting('statement_timeout') as statement,
          current_setting('lock_timeout') as lock,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('timezone') as
      zone, left(current_setting('app.tenant'), 36) as tenant`.execute(tables);
      expect(rows).toEqual([
        {
          role: loginOf('k'.repeat(40)).user,
          statement: '15s',
          lock: '5s',
          idle: '30s',
          zone: 'UTC',
          tenant: tenantId,
        },
      ]);
      const { rows: after } = await database.pool.query(
        `select coalesce(current_setting('app.tenant', true), '') as tenant`,
      );
      expect(after).toEqual([{ tenant: '' }]);
    });

    test('tenants at once see their own, and each change is one', async () => {
      const companies = await Promise.all(
        Array.from({ length: 6 }, () => createDemoCompany(database.store)),
      );
      await Promise.all(
        companies.flatMap(({ tenantId }) =>
          Array.from({ length: 5 }, async (_, i) => {
            const directory = systemDirectory(database.store, tenantId);
            await directory.members.join({
              userName: `more${i}@northwind.example`,
              givenName: 'More',
              familyName: String(i),
            });
          }),
        ),
      );
      for (const { tenantId } of companies) {
        const { rows } = await sql<{
          tenants: number;
          members: number;
        }>`select count(distinct tenant_id) as tenants, count(*) as members from members`.execute(
          database.store.tablesOf(tenantId),
        );
        expect(rows).toEqual([{ tenants: 1, members: 12 }]);
      }
      await expect(
        systemDirectory(database.store, companies[0]!.tenantId)
          .db.deleteFrom('audit_entries')
          .execute(),
      ).rejects.toMatchObject({ code: '42501' });
    });
  },
);

function idOf(name: string): { uid: number; gid: number } | undefined {
  try {
    return {
      uid: Number(execFileSync('id', ['-u', name], { stdio: ['ignore', 'pipe', 'ignore'] })),
      gid: Number(execFileSync('id', ['-g', name], { stdio: ['ignore', 'pipe', 'ignore'] })),
    };
  } catch {
    return undefined;
  }
}
