import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  build,
  command,
  commandInImage,
  endAll,
  freePort,
  isAlive,
  makeFolder,
  ServiceProcess,
} from './faults/service-process.ts';
import { connectionOf } from '../src/platform/index.ts';
import { createTestDatabase, TEST_KEYS } from './support/cluster.ts';
import { AUDIENCE, openIssuer } from './support/issuer.ts';
import type { Person } from './support/person.ts';

const folder = makeFolder();
const WHOSE = '{ viewer { member { id } } }';
const WHO = '{ tenant { name members(first: 3) { nodes { displayName } } } }';
const secrets = /muster_[a-z]+_[0-9A-Za-z]{20,}/g;
let at = 0;
const fresh = (): Record<string, string> => ({ DATA_DIR: path.join(folder, `data ${++at}`) });
const postmasterOf = (environment: Record<string, string>) =>
  Number(
    readFileSync(path.join(environment['DATA_DIR']!, 'postgres', 'postmaster.pid'), 'utf8').split(
      '\n',
      1,
    )[0],
  );

beforeAll(build);
afterAll(() => endAll(folder));

test(
  "the first start makes a demo company and tells its owner's token once; the command line makes another at any time",
  { timeout: 240_000 },
  async () => {
    const environment: Record<string, string> = { ...fresh(), LOG_LEVEL: 'trace' };
    const service = await ServiceProcess.up(environment);
    const token = service.printedToken!;
    expect(await service.as(token).ask(WHO)).toMatchObject({
      tenant: {
        name: 'Northwind Demo',
        members: { nodes: [{ displayName: 'Ada Lindqvist' }, {}, {}] },
      },
    });

    const running = await command('token', environment);
    expect(running).toMatchObject({ code: 0, lines: [expect.stringMatching(/^muster_pat_\w+$/)] });
    expect(await service.as(running.lines[0]!).ask(WHO)).toMatchObject({
      tenant: { name: 'Northwind Demo' },
    });
    expect(await command('migrate', environment)).toEqual({
      code: 0,
      lines: ['The tables are up to date.'],
    });
    const image = { ...environment, DATA_DIR: path.resolve(environment['DATA_DIR']!) };
    expect(commandInImage('migrate', image)).toEqual(['The tables are up to date.']);
    const [made] = commandInImage('token -- --days 3', image);
    expect(await service.as(made!).ask(WHO)).toMatchObject({ tenant: { name: 'Northwind Demo' } });
    expect(await hoursLeft(service.as(running.lines[0]!))).toBeCloseTo(12, 0);
    expect(await hoursLeft(service.as(made!))).toBeCloseTo(72, 0);
    expect(await hoursLeft(service.as(token))).toBeCloseTo(30 * 24, 0);

    const pid = postmasterOf(environment);
    expect([await service.end('SIGTERM'), isAlive(pid)]).toEqual([0, false]);
    // even at this level nothing but the greeting holds one
    expect(service.output.match(secrets)).toEqual([token]);
    const stopped = await command('token', environment);
    expect(stopped).toMatchObject({ code: 0, lines: [expect.stringMatching(/^muster_pat_\w+$/)] });

    const again = await ServiceProcess.up(environment);
    expect(again.output).not.toContain('shown this once');
    for (const each of [token, running.lines[0]!, stopped.lines[0]!])
      expect((await again.as(each).graphql(WHO)).errors).toBeUndefined();
    expect(await again.end('SIGINT')).toBe(0);
  },
);

/** How long the token in use still lives. */
async function hoursLeft(person: Person): Promise<number> {
  const { viewer } = await person.ask('{ viewer { credential { expiresAt } } }');
  return (Date.parse(viewer.credential.expiresAt as string) - Date.now()) / 3_600_000;
}

test(
  'the command and the start make a token for an owner who is active, and for no other',
  { timeout: 240_000 },
  async () => {
    const environment = fresh();
    const service = await ServiceProcess.up(environment);
    const ada = service.as(service.printedToken!);
    const { tenant, viewer } = await ada.ask(
      '{ viewer { member { id } } tenant { roles { id name } members(filter: { state: [ACTIVE] }) { nodes { id role { name } } } } }',
    );
    const grace = tenant.members.nodes.find(
      (each: { role: { name: string } }) => each.role.name === 'Admin',
    ).id as string;
    const roleId = tenant.roles.find((role: { name: string }) => role.name === 'Owner').id;
    await ada.does('memberSetRole', { id: grace, roleId });
    const graces = (await command('token', environment)).lines[0]!;
    expect((await service.as(graces).ask(WHOSE))['viewer'].member.id).toBe(viewer.member.id);
    await ada.does('memberDisable', { id: viewer.member.id });
    expect((await service.as(graces).graphql(WHOSE)).status).toBe(401);
    const second = await ServiceProcess.up(environment);
    expect((await second.as(second.printedToken!).ask(WHOSE))['viewer'].member.id).toBe(grace);
    const [commanded] = (await command('token', environment)).lines;
    expect((await service.as(commanded!).ask(WHOSE))['viewer'].member.id).toBe(grace);
    await Promise.all([service.end('SIGTERM'), second.end('SIGTERM')]);
  },
);

test(
  'in production no token is told at the start; the command makes the first one',
  { timeout: 120_000 },
  async () => {
    const environment = { ...fresh(), NODE_ENV: 'production', HOST: '127.0.0.1' };
    const service = await ServiceProcess.up(environment);
    expect(service.output).not.toMatch(secrets);
    const { lines } = await command('token', environment);
    expect(await service.as(lines[0]!).ask(WHO)).toMatchObject({
      tenant: { name: 'Northwind Demo' },
    });
    expect(service.output).not.toMatch(secrets);
    await service.end('SIGTERM');
  },
);

test(
  'a port that is taken is said in a sentence, and the token waits for the start that succeeds',
  { timeout: 60_000 },
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const environment = fresh();
    const failed = await ServiceProcess.start({
      ...environment,
      PORT: String((other.address() as AddressInfo).port),
      LOG_LEVEL: 'warn',
    });
    expect(await failed.ended).toBe(1);
    expect(failed.output.split('\n').filter(line => line && !line.startsWith('{'))).toEqual([
      `Port ${(other.address() as AddressInfo).port} is taken by another process. Set PORT to a free one.`,
    ]);
    other.close();
    const service = await ServiceProcess.up(environment);
    expect(service.printedToken).toMatch(/^muster_pat_/);
    await service.end('SIGTERM');
  },
);

test(
  'unbind lets a person whose account was made again come in with the new one, and the old one no more',
  { timeout: 120_000 },
  async () => {
    const [old, anew] = ['subject-before', 'subject-after'];
    const issuer = await openIssuer([old, anew]);
    try {
      const environment = {
        DATABASE_URL: await createTestDatabase(),
        TOKEN_KEY: TEST_KEYS[0],
        OIDC_ISSUER: issuer.url,
        OIDC_AUDIENCE: AUDIENCE,
        OIDC_MEMBER_CLAIM: 'login',
      };
      const service = await ServiceProcess.up(environment);
      const { viewer, tenant } = await service
        .as(service.printedToken!)
        .ask('{ viewer { member { id } } tenant { id } }');
      const whoIs = async (subject: string) => {
        const claims = { tenant: tenant.id, login: viewer.member.id };
        const token = await issuer.token(subject, claims);
        return (await service.as(token).graphql(WHOSE)).data?.['viewer'].member.id ?? null;
      };
      expect([await whoIs(old), await whoIs(anew)]).toEqual([viewer.member.id, null]);
      const unbind = () => command(`unbind ${tenant.id} ${viewer.member.id}`, environment);
      expect(await unbind()).toEqual({
        code: 0,
        lines: ['The next accepted sign-in binds anew.'],
      });
      expect([await whoIs(anew), await whoIs(old)]).toEqual([viewer.member.id, null]);
      expect((await unbind()).code).toBe(0);
      expect(await unbind()).toEqual({
        code: 0,
        lines: ['This member is not bound to any sign-in.'],
      });
      expect(await command(`unbind ${tenant.id} ${tenant.id}`, environment)).toMatchObject({
        code: 1,
      });
      await service.end('SIGTERM');
    } finally {
      issuer.close();
    }
  },
);

test(
  'AUDIT_KEEP_DAYS and EXCHANGE_KEEP_DAYS: the service drops the months of the log, and the days of exchanges, that ended longer ago',
  { timeout: 120_000 },
  async () => {
    const url = await createTestDatabase();
    const database = new pg.Client(connectionOf(url) as pg.ClientConfig);
    await database.connect();
    const agesIn = async (text: string) =>
      (await database.query<{ days: number }>(`${text} order by at`)).rows.map(({ days }) => days);
    const age = '(extract(epoch from now() - at) / 86400)::int as days';
    const kept = async () => ({
      entries: await agesIn(`select ${age} from audit_entries where action = 'old.one'`),
      exchanges: await agesIn(`select ${age} from scim_exchanges`),
    });
    try {
      await database.query(
        `insert into audit_entries
           (tenant_id, id, at, action, actor, subject_type, subject_name, correlation_id)
         select gen_random_uuid(), uuidv7(-make_interval(days => age)),
           now() - make_interval(days => age), 'old.one', '{"kind":"system","name":"t"}', 'Team',
           'x', 'c'
         from unnest(array[500, 400, 20]) age`,
      );
      await database.query(
        `insert into scim_exchanges (tenant_id, id, provider_id, method, path, status, at,
           duration_ms, explanation, changed, search_text)
         select gen_random_uuid(), uuidv7(-make_interval(days => age)), gen_random_uuid(), 'GET',
           '/', 200, now() - make_interval(days => age), 1, '', false, ''
         from unnest(array[70, 40, 10]) age`,
      );
      const environment = { DATABASE_URL: url, TOKEN_KEY: TEST_KEYS[0] };
      const startWith = async (more: Record<string, string>) => {
        const service = await ServiceProcess.up({ ...environment, ...more });
        await service.end('SIGTERM');
        return kept();
      };
      expect(await startWith({ EXCHANGE_KEEP_DAYS: '60' })).toEqual({
        entries: [500, 400, 20],
        exchanges: [40, 10],
      });
      expect(await startWith({ AUDIT_KEEP_DAYS: '450' })).toEqual({
        entries: [400, 20],
        exchanges: [10],
      });
      expect(await startWith({ AUDIT_KEEP_DAYS: '365', EXCHANGE_KEEP_DAYS: '7' })).toEqual({
        entries: [20],
        exchanges: [],
      });
    } finally {
      await database.end();
    }
  },
);

describe('told to end', () => {
  test(
    'while it starts, it ends in order, and leaves no database server behind',
    { timeout: 60_000 },
    async () => {
      const environment = fresh();
      const service = await ServiceProcess.start(environment);
      await service.says('The tables were brought up to date.');
      const pid = postmasterOf(environment);
      expect([await service.end('SIGTERM'), isAlive(pid)]).toEqual([0, false]);
    },
  );

  test('while it waits for a database, it does not wait any longer', async () => {
    const service = await ServiceProcess.start({
      DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/nowhere`,
      TOKEN_KEY: 'k'.repeat(40),
    });
    await service.says('The database is not available yet; trying again.');
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

test.each<[string, string, Record<string, string>, RegExp]>([
  [
    'a wrong value',
    'serve',
    { LOG_LEVEL: 'loud', TOKEN_KEY: 'short' },
    /^TOKEN_KEY must be a secret of at least 32 characters\.\nLOG_LEVEL must be trace.*$/,
  ],
  [
    'a database without a key',
    'serve',
    { DATABASE_URL: 'postgres://somewhere/muster' },
    /^TOKEN_KEY is required when DATABASE_URL is set: .*$/,
  ],
  [
    'a word that is no command',
    'dance',
    {},
    /^There is no command of that name; there are serve, migrate, schema, token, unbind\.$/,
  ],
  ['a token for no days', 'token --days 0', {}, /^token takes --days and a whole number/],
  ['a token for ever', 'token --for ever', {}, /^token takes --days and a whole number/],
  [
    'nobody to unbind',
    'unbind ada',
    {},
    /^Say whom: unbind <id of the tenant> <id of the member>\.$/,
  ],
])('%s stops the start with a sentence', async (_, name, environment, sentence) => {
  const { code, lines } = await command(name, environment);
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(sentence);
});
