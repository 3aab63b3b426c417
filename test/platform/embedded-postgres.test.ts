import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/index.ts';

interface Child {
  process: ChildProcess;
  ended: Promise<unknown>;
}

let folder: string;
const started: EmbeddedPostgres[] = [];
const children: Child[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'muster-embedded-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.splice(0).map(child => child.ended));
  await Promise.all(started.splice(0).map(server => server.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(
  name: string,
  options: { settings?: Record<string, string> } = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, name),
    ephemeral: true,
    ...options,
  });
  started.push(server);
  return server;
}

async function ask(
  server: Pick<EmbeddedPostgres, 'host' | 'port' | 'user' | 'password'>,
  text: string,
): Promise<unknown> {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: 'postgres',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(text)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

const postmaster = (server: EmbeddedPostgres) =>
  Number(readFileSync(path.join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
const gone = (pid: number): boolean => {
  try {
    return /^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true; // also when it went while it was being looked at
  }
};

/** Another process that uses the server, and tells when it has it. */
async function other(name: string): Promise<Child> {
  const program = `import { startEmbeddedPostgres } from
    ${JSON.stringify(new URL('../../src/platform/embedded-postgres.ts', import.meta.url).href)};
    const server = await startEmbeddedPostgres({ dataDir:
    ${JSON.stringify(path.join(folder, name))}, ephemeral: true });
    process.stdout.write('up ' + server.startedHere);
    process.stdin.once('end', () => server.stop().then(() => process.exit(0))).resume();`;
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '-e', program],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const made = { process: child, ended: once(child, 'exit') };
  children.push(made);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(String(said)).toMatch(/^up /);
  return made;
}

test('the server is reachable by nothing but a short socket, and sorts the same everywhere', async () => {
  const server = await start(`a $PLACE with 'quotes', "more" and ${'a long name '.repeat(12)}`);
  expect(server).toMatchObject({ port: 5432, user: 'postgres', startedHere: true });
  expect(server.host.length).toBeLessThan(80);
  expect(await ask(server, 'show listen_addresses')).toBe('');
  expect(await ask(server, 'show max_connections')).toBe('100');
  expect(
    await ask(
      server,
      `select string_agg(x, '' order by x) from unnest(array['b', 'A', 'a', 'B']) x`,
    ),
  ).toBe('ABab');
  expect(statSync(server.host).mode & 0o777).toBe(0o700);
  await expect(ask({ ...server, password: 'guessed' }, 'select 1')).rejects.toMatchObject({
    code: '28P01',
  });
});

test('what is stored is there at the next start, with the settings of that start', async () => {
  const first = await start('kept');
  await ask(first, 'create table kept as select 7 as n');
  await first.stop();
  expect(existsSync(first.host)).toBe(false);
  const second = await start('kept', { settings: { work_mem: '5MB', application_name: "it's" } });
  expect([
    await ask(second, 'select n from kept'),
    await ask(second, 'show work_mem'),
    second.password,
  ]).toEqual([7, '5MB', first.password]);
});

describe('several at once', () => {
  test('first starts make one cluster and one server', async () => {
    const servers = await Promise.all([other('raced'), other('raced'), start('raced')]);
    expect(await ask(servers[2], 'select 1')).toBe(1);
    expect(readdirSync(folder).filter(name => name.startsWith('raced'))).toEqual([
      'raced',
      'raced.log',
    ]);
  });

  test('the last to leave stops the server, whoever started it', async () => {
    const child = await other('shared');
    const server = await start('shared');
    expect(server.startedHere).toBe(false);
    child.process.stdin!.end();
    await child.ended;
    expect(await ask(server, 'select 1')).toBe(1);
    const pid = postmaster(server);
    await server.stop();
    expect(gone(pid)).toBe(true);
  });

  test('one that starts when another has left and is about to stop the server waits for the end of it', async () => {
    const child = await other('being left');
    const running = await start('being left');
    const mark = path.join(running.dataDir, 'muster-users', `${child.process.pid}.leaving`);
    writeFileSync(mark, '');
    const late = start('being left');
    for (let at = 0; at < 50; at++) expect(await ask(running, 'select 1')).toBe(1);
    const pid = postmaster(running);
    process.kill(pid, 'SIGINT');
    while (!gone(pid)) await new Promise(resolve => setImmediate(resolve));
    rmSync(mark);
    expect(await ask(await late, 'select 1')).toBe(1);
    expect((await late).startedHere).toBe(true);
  });

  test('one that starts while another stops gets a server', async () => {
    for (let i = 0; i < 3; i++) {
      const child = await other('handed over');
      child.process.stdin!.end();
      const server = await start('handed over');
      expect(await ask(server, 'select 1')).toBe(1);
      await child.ended;
      await server.stop();
    }
  });
});

describe('after a crash', () => {
  test('of the process that started it, the orphaned server is adopted, and stopped in the end', async () => {
    const child = await other('orphan');
    child.process.kill('SIGKILL');
    await child.ended;
    const server = await start('orphan');
    expect(server.startedHere).toBe(false);
    const pid = postmaster(server);
    await server.stop();
    expect(gone(pid)).toBe(true);
  });

  test('of the server, with a statement running, it is started anew and nothing acknowledged is lost', async () => {
    const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'crashed') });
    started.push(server);
    await ask(server, 'create table survived as select 1 as n');
    const running = ask(server, 'select pg_sleep(60)').catch((fault: unknown) => fault);
    while (
      (await ask(
        server,
        `select count(*)::int from pg_stat_activity where query = 'select pg_sleep(60)'`,
      )) !== 1
    );
    process.kill(postmaster(server), 'SIGKILL');
    const again = await startEmbeddedPostgres({ dataDir: path.join(folder, 'crashed') });
    started.push(again);
    expect(again.startedHere).toBe(true);
    expect(await ask(again, 'select n from survived')).toBe(1);
    expect(await running).toBeInstanceOf(Error);
  });

  test.each([
    ["has since become somebody else's", () => process.pid],
    ["is nobody's", () => 2 ** 22 - 3],
  ])('a pid file whose number %s does not keep the server from starting', async (_, pid) => {
    const first = await start('stale');
    await first.stop();
    writeFileSync(
      path.join(first.dataDir, 'postmaster.pid'),
      `${pid()}\n${first.dataDir}\n1\n5432\n${first.host}\n\n`,
      { mode: 0o600 },
    );
    mkdirSync(first.host, { mode: 0o700 });
    writeFileSync(path.join(first.host, '.s.PGSQL.5432.lock'), `${pid()}\n`);
    writeFileSync(path.join(first.host, '.s.PGSQL.5432'), '');
    if (process.getuid?.() === 0)
      execFileSync('chown', [
        '--reference',
        first.dataDir,
        path.join(first.dataDir, 'postmaster.pid'),
      ]);
    const server = await start('stale');
    expect([server.startedHere, await ask(server, 'select 1')]).toEqual([true, 1]);
  });

  test('what a killed first start left behind is swept away', async () => {
    mkdirSync(path.join(folder, `swept.init-${2 ** 22 - 3}`));
    await start('swept');
    expect(readdirSync(folder).filter(name => name.includes('.init-'))).toEqual([]);
  });
});

describe('it says plainly', () => {
  test('that the files belong to another version', async () => {
    const server = await start('old');
    await server.stop();
    writeFileSync(path.join(server.dataDir, 'PG_VERSION'), '15\n');
    await expect(start('old')).rejects.toThrow(
      /belongs to PostgreSQL 15; the bundled server is PostgreSQL 18/,
    );
  });

  test('why the server did not start', async () => {
    await expect(start('misled', { settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /did not start.*\n.*shared_buffers/s,
    );
  });

  test('that there is no server for this machine', () => {
    const program = `Object.defineProperty((await import('node:os')).default, 'arch', { value: () =>
      'abacus' });
      const { startEmbeddedPostgres } = await
      import(${JSON.stringify(new URL('../../src/platform/embedded-postgres.ts', import.meta.url).href)});
      await startEmbeddedPostgres({ dataDir: '/nowhere' }).catch(fault =>
      console.log(fault.message));`;
    expect(
      execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
        encoding: 'utf8',
      }),
    ).toMatch(
      /^There is no bundled PostgreSQL for this machine \(linux-abacus: .*\)\. To use a PostgreSQL server of your own, set DATABASE_URL\.$/m,
    );
  });
});

// Only root changes accounts, and only root can prepare the closed folder of somebody.
describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('the server runs as another account', async () => {
    const server = await start('account');
    expect(statSync(`/proc/${postmaster(server)}`).uid).not.toBe(0);
  });

  test('a closed folder is left for one the account can reach', async () => {
    const closed = path.join(folder, 'closed home');
    mkdirSync(closed, { mode: 0o700 });
    const notices: string[] = [];
    const server = await startEmbeddedPostgres({
      dataDir: path.join(closed, 'pg'),
      ephemeral: true,
      onNotice: sentence => notices.push(sentence),
    });
    started.push(server);
    expect(server.dataDir).toMatch(/^\/var\/lib\/muster\/pg-/);
    expect(notices).toEqual([expect.stringContaining(server.dataDir)]);
    expect(await ask(server, 'select 1')).toBe(1);
    await server.stop();
    rmSync(server.dataDir, { recursive: true, force: true });
    rmSync(`${server.dataDir}.log`, { force: true });
  });
});
