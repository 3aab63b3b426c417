import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/index.ts';
import type { Person } from '../support/person.ts';
import { Provider } from '../support/provider.ts';
import { build, endAll, isAlive, makeFolder, ServiceProcess } from './service-process.ts';
import { Writers } from './writers.ts';

const folder = makeFolder();
const BACK_WITHIN_MS = 2_000;

beforeAll(build);
afterAll(() => endAll(folder));

interface Place {
  host: string;
  port: number;
  password: string;
}

/** Where the server of this folder listens, as it says itself. */
function placeOf(dataDir: string): Place & { pid: number } {
  const [pid, , , port, host] = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split(
    '\n',
  );
  return {
    pid: Number(pid),
    host: host!,
    port: Number(port),
    password: readFileSync(path.join(dataDir, 'superuser.secret'), 'utf8').trim(),
  };
}

/** Every acknowledged change is there with one entry, and no change is there without. */
async function assertWhole(
  { host, port, password }: Place,
  acknowledged: readonly string[],
): Promise<void> {
  const client = new pg.Client({ host, port, password, user: 'postgres', database: 'muster' });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; entries: number }>(`
      select t.id, (select count(*)::int from audit_entries e where e.tenant_id = t.tenant_id
      and e.subject_id = t.id and e.action = 'team.created') as entries
      from teams t where t.name like 'written %'`);
    expect(rows.filter(row => row.entries !== 1)).toEqual([]);
    expect(rows.map(row => row.id)).toEqual(expect.arrayContaining([...acknowledged]));
    const {
      rows: [orphans],
    } = await client.query(
      `select count(*)::int as n from audit_entries e where action = 'team.created' and not exists (select from teams t where t.tenant_id = e.tenant_id and t.id = e.subject_id)`,
    );
    expect(orphans).toEqual({ n: 0 });
  } finally {
    await client.end();
  }
}

test(
  'with the bundled database: a server that is killed is started again, a killed service adopts it, and nothing acknowledged is lost',
  { timeout: 90_000 },
  async () => {
    const environment = { DATA_DIR: path.join(folder, 'bundled') };
    const dataDir = path.join(environment.DATA_DIR, 'postgres');
    const service = await ServiceProcess.up(environment);
    const token = service.printedToken!;
    const writers = new Writers(service.as(token), 4);

    await writers.acknowledging(40);
    const first = placeOf(dataDir).pid;
    process.kill(first, 'SIGKILL');
    await service.says('The bundled PostgreSQL had ended; it was started again.');
    const back = performance.now();
    await writers.acknowledging(40);
    expect(performance.now() - back).toBeLessThan(BACK_WITHIN_MS);
    expect(placeOf(dataDir).pid).not.toBe(first);
    expect([200, 503]).toEqual(expect.arrayContaining([...writers.statuses]));

    await service.end('SIGKILL');
    await writers.stop();
    const adopting = await ServiceProcess.up(environment);
    await assertWhole(placeOf(dataDir), writers.acknowledged);
    const again = new Writers(adopting.as(token), 1);
    await again.acknowledging(1);
    await again.stop();
    const { pid } = placeOf(dataDir);
    expect(await adopting.end('SIGTERM')).toBe(0);
    expect(isAlive(pid)).toBe(false);
  },
);

describe("with a database of one's own", () => {
  const dataDir = path.join(folder, 'own');
  let server: EmbeddedPostgres;
  let service: ServiceProcess;
  let owner: Person;
  let provider: Provider;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir });
    const url = `postgres://postgres:${server.password}@localhost/muster?host=${encodeURIComponent(server.host)}`;
    const admin = new pg.Client({
      host: server.host,
      port: server.port,
      user: 'postgres',
      password: server.password,
      database: 'postgres',
    });
    await admin.connect();
    await admin.query('create database muster');
    await admin.end();
    service = await ServiceProcess.up({
      DATABASE_URL: url,
      TOKEN_KEY: 'the key of the tests, which is no secret',
    });
    owner = service.as(service.printedToken!);
    provider = await Provider.create(owner, {});
  });
  afterAll(async () => {
    await service.end('SIGTERM');
    await server.stop();
  });

  test(
    'every door says in its own dialect that it is away and when to come again, and answers by itself when it is back',
    { timeout: 60_000 },
    async () => {
      const writers = new Writers(owner, 4);
      await writers.acknowledging(40);
      await server.stop();
      const asked: [string, Promise<Response>, string, RegExp][] = [
        [
          'GraphQL',
          owner.fetch('/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"query":"{ tenant { name } }"}',
          }),
          'application/json',
          /"errors":\[\{.*"code":"SERVICE_UNAVAILABLE"/,
        ],
        [
          'SCIM',
          fetch(`${provider.tenantUrl}/Users`, {
            headers: { authorization: `Bearer ${provider.secret}` },
          }),
          'application/scim+json',
          /"urn:ietf:params:scim:api:messages:2.0:Error".*"status":"503"/,
        ],
        [
          'REST',
          owner.fetch('/iam/identity_providers'),
          'application/json',
          /^\{"detail":"The database is not available at the moment\.","code":"unavailable"\}$/,
        ],
        [
          'OAuth',
          fetch(`${service.origin}/oauth/token`, {
            method: 'POST',
            body: new URLSearchParams({
              grant_type: 'client_credentials',
              client_id: provider.id,
              client_secret: provider.secret,
            }),
          }),
          'application/json',
          /"error":"temporarily_unavailable"/,
        ],
        [
          'readiness',
          fetch(`${service.origin}/readyz`),
          'application/json',
          /"database unavailable"/,
        ],
      ];
      for (const [door, answering, type, body] of asked) {
        const answer = await answering;
        const text = await answer.text();
        expect([
          door,
          answer.status,
          answer.headers.get('content-type')?.split(';')[0],
          text,
        ]).toEqual([door, 503, type, expect.stringMatching(body)]);
        expect([door, answer.headers.get('retry-after')]).toEqual([
          door,
          expect.stringMatching(/^\d+$/),
        ]);
        expect(text).not.toMatch(/ECONN|ENOENT|postgres|socket|at .*\.js/);
      }
      expect((await fetch(`${service.origin}/healthz`)).status).toBe(200);
      expect(await (await fetch(`${service.origin}/metrics`)).text()).toMatch(
        /^muster_request_seconds_count\{door="graphql",route="[^"]+",outcome="unavailable"\} \d+$/m,
      );

      server = await startEmbeddedPostgres({ dataDir });
      const back = performance.now();
      await writers.acknowledging(40);
      expect(performance.now() - back).toBeLessThan(BACK_WITHIN_MS);
      expect((await provider.scim('GET', '/Users')).status).toBe(200);
      await writers.stop();
      expect(writers.statuses).toEqual(new Set([200, 503]));
      await assertWhole(server, writers.acknowledged);
    },
  );

  test(
    'connections that are cut, again and again, are never a 500',
    { timeout: 60_000 },
    async () => {
      const admin = new pg.Client({
        host: server.host,
        port: server.port,
        user: 'postgres',
        password: server.password,
        database: 'muster',
      });
      await admin.connect();
      const writers = new Writers(owner, 4);
      const over = new AbortController();
      const seen = new Set<number>();
      const probe = (async () => {
        while (!over.signal.aborted) seen.add((await fetch(`${service.origin}/readyz`)).status);
      })();
      for (let round = 0; round < 30; round++) {
        await writers.acknowledging(3);
        await admin.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      }
      await writers.acknowledging(5);
      await writers.stop();
      over.abort();
      await probe;
      await admin.end();
      expect([200, 503]).toEqual(expect.arrayContaining([...seen]));
      expect([...writers.statuses].filter(status => status !== 200 && status !== 503)).toEqual([]);
      await assertWhole(server, writers.acknowledged);
      expect(
        service.log().filter(line => line['level'] === 'error' || line['level'] === 'fatal'),
      ).toEqual([]);
    },
  );
});
