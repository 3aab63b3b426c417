import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database.ts';
import { type ExchangeNote, ExchangeRecorder } from '../../src/directory/exchanges/recorder.ts';
import { keptOf } from '../../src/directory/exchanges/unsecret.ts';
import { newId } from '../../src/directory/tables/ids.ts';
import type { Directory } from '../../src/directory/index.ts';
import { createFirstTenant } from '../../src/directory/installation/first-tenant.ts';
import { keepPartitions, trimExchanges } from '../../src/partitions.ts';
import { type Connection, connectionOf, createPool, endPool } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

let connection: Connection;
let database: Database;
let system: Directory;
let providerId: string;

beforeAll(async () => {
  connection = connectionOf(await createTestDatabase());
  database = openDatabase({ connection, tokenKey: 'k'.repeat(40) });
  system = await createFirstTenant(database.store, {
    tenant: 'Northwind',
    userName: 'olga@northwind.example',
    givenName: 'Olga',
    familyName: 'Owner',
  });
});
afterAll(() => database.close());
beforeEach(async () => {
  providerId = (
    await system.identityProviders.create({ name: `Entra ${newId()}`, kind: 'ENTRA_ID' })
  ).provider.id;
});

let moment = Date.now() - 3_600_000;
const exchange = (facts: Partial<ExchangeNote> = {}): ExchangeNote => ({
  tenantId: system.tenantId,
  id: idAt(new Date(++moment)),
  providerId,
  credentialId: null,
  method: 'POST',
  path: '/Users',
  status: 201,
  at: new Date(moment),
  durationMs: 4.4,
  explanation: 'A user was made.',
  repairs: ['booleanAsText'],
  changed: true,
  ...facts,
});
const recorder = (settings = {}) =>
  new ExchangeRecorder(database.store, { everyMs: 60_000, ...settings });
const record = async (...notes: ExchangeNote[]) => {
  const recording = recorder();
  notes.forEach(note => recording.note(note));
  await recording.close();
};
const paths = async (filter = {}) =>
  (await system.exchanges.page(providerId, filter)).items.map(({ row }) => row.path);

test('exchanges are kept as they happened, newest first', async () => {
  const note = exchange({
    requestBody: { userName: 'ada' },
    responseBody: { id: '1', userName: 'ada' },
  });
  await record(note, exchange({ path: '/Groups', method: 'GET', status: 404, changed: false }));
  expect(await paths()).toEqual(['/Groups', '/Users']);
  const [row] = await system.exchanges.byIds([note.id]);
  expect(row).toEqual({
    id: note.id,
    providerId,
    credentialId: null,
    method: 'POST',
    path: '/Users',
    status: 201,
    at: note.at,
    durationMs: 4,
    explanation: 'A user was made.',
    repairs: ['booleanAsText'],
    changed: true,
  });
  expect(await system.exchanges.bodiesOf([note.id])).toEqual([
    { id: note.id, requestBody: { userName: 'ada' }, responseBody: { id: '1', userName: 'ada' } },
  ]);
});

test.each([
  [{ method: ['get'] }, ['/b']],
  [{ statusGte: 400, statusLt: 500 }, ['/b']],
  [{ changed: true }, ['/a']],
  [{ query: 'LOVELACE' }, ['/a']],
  [{ query: '100%' }, []],
  [{ query: '/b' }, ['/b']],
  [{ at: { lt: new Date('2026-01-02T00:00:00Z') } }, ['/a']],
  [{ at: { gte: new Date('2026-01-02T00:00:00Z') } }, ['/b']],
  [{ method: [] }, []],
])('filtered by %j they are %j', async (filter, expected) => {
  const at = (text: string) => ({ at: new Date(text), id: idAt(new Date(text)) });
  await record(
    exchange({
      path: '/a',
      requestBody: { name: { familyName: 'Lovelace' } },
      ...at('2026-01-01T12:00:00Z'),
    }),
    exchange({
      path: '/b',
      method: 'GET',
      status: 404,
      changed: false,
      ...at('2026-01-03T12:00:00Z'),
    }),
  );
  expect(await paths(filter)).toEqual(expected);
  expect(await system.exchanges.count(providerId, filter)).toBe(expected.length);
});

test('pages go on where they ended', async () => {
  await record(...Array.from({ length: 5 }, (_, i) => exchange({ path: `/${i}` })));
  const first = await system.exchanges.page(providerId, {}, { first: 2 });
  const second = await system.exchanges.page(
    providerId,
    {},
    { first: 10, after: first.items[1]!.cursor },
  );
  expect([...first.items, ...second.items].map(({ row }) => row.path)).toEqual([
    '/4',
    '/3',
    '/2',
    '/1',
    '/0',
  ]);
  expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false]);
});

test('no secret is kept, wherever a client put it', async () => {
  const secret = database.store.secrets.issue('idp', system.tenantId).text;
  const body = {
    'userName': 'ada',
    'password': 'hunter2',
    'note': `my token is ${secret}`,
    'urn:ietf:params:scim:schemas:core:2.0:User:password': 'hunter2',
    'header': 'Bearer abc.def',
    'Operations': [
      { op: 'replace', path: 'password', value: 'hunter2' },
      { op: 'Add', Path: 'urn:ietf:params:scim:schemas:core:2.0:User:password', Value: 'hunter2' },
      { op: 'replace', value: { password: 'hunter2' } },
    ],
  };
  const note = exchange({ path: `/Users?access_token=hunter2&x=${secret}`, requestBody: body });
  await record(note);
  const kept = JSON.stringify(
    await system.rows('scim_exchanges').selectAll().where('id', '=', note.id).execute(),
  );
  expect(kept).toContain('ada');
  for (const part of ['hunter2', secret, 'abc.def']) expect(kept).not.toContain(part);
});

test('long bodies are cut with a mark, and odd ones kept all the same', async () => {
  const members = Array.from({ length: 20_000 }, (_, i) => ({ value: `member ${i}` }));
  const cut = JSON.stringify(keptOf({ members, after: 1 }));
  expect(cut.length).toBeLessThan(130_000);
  expect(cut).toMatch(/\[… \d+ more\]/);
  expect(JSON.stringify(keptOf('x'.repeat(100_000))).length).toBeLessThan(65_000);
  const odd = exchange({
    requestBody: JSON.parse('{"__proto__":{"a":1},"nul":"a\\u0000b","half":"\\ud800"}'),
    responseBody: null,
  });
  await record(odd);
  expect((await system.exchanges.bodiesOf([odd.id]))[0]?.requestBody).toEqual(
    JSON.parse('{"__proto__":{"a":1},"nul":"a\uFFFDb","half":"\uFFFD"}'),
  );
});

test('when they come too fast, the oldest are let go and counted', async () => {
  const recording = recorder({ capacity: 3 });
  for (let i = 0; i < 5; i++) recording.note(exchange({ path: `/${i}` }));
  await recording.close();
  expect(await paths()).toEqual(['/4', '/3', '/2']);
  expect(recording.dropped).toBe(2);
});

test('who listens is told of what was written, and a fault of one write is told and forgotten', async () => {
  const faults: unknown[] = [];
  const recording = recorder({ onFault: (fault: unknown) => faults.push(fault) });
  const seen: string[] = [];
  const stop = recording.listen(exchanges => seen.push(...exchanges.map(({ path }) => path)));
  recording.note(exchange({ path: '/heard' }));
  await recording.flush();
  recording.note(exchange({ providerId: 'no id' }));
  await recording.flush();
  stop();
  recording.note(exchange({ path: '/unheard' }));
  await recording.close();
  expect(seen).toEqual(['/heard']);
  expect(faults).toHaveLength(1);
  expect((await system.exchanges.since(providerId, new Date(0))).map(({ path }) => path)).toEqual([
    '/heard',
    '/unheard',
  ]);
});

test('of each provider only the newest are kept', async () => {
  await record(...Array.from({ length: 5 }, (_, i) => exchange({ path: `/${i}` })));
  const owner = createPool(connection, { max: 1 });
  try {
    await trimExchanges(owner, 3);
    expect(await paths()).toEqual(['/4', '/3', '/2']);
    await trimExchanges(owner, 3);
    expect(await paths()).toHaveLength(3);
  } finally {
    await endPool(owner);
  }
});

function idAt(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}

test.each([
  [undefined, ['29 days', '6 days']],
  ['7', ['6 days']],
  ['60', ['59 days', '32 days', '29 days', '6 days']],
])(
  'EXCHANGE_KEEP_DAYS %s: days that ended longer ago go, younger ones stay',
  async (days, stay) => {
    const { auditKeepDays: auditDays, exchangeKeepDays: exchangeDays } = readConfig({
      NODE_ENV: 'test',
      ...(days && { EXCHANGE_KEEP_DAYS: days }),
    });
    const ages = [62, 59, 32, 29, 6];
    const dayMs = 86_400_000;
    await record(
      ...ages.map(age => {
        const at = new Date(Date.now() - age * dayMs);
        return exchange({ id: idAt(at), at, path: `${age} days` });
      }),
    );
    expect(await paths()).toHaveLength(ages.length);
    await keepPartitions(connection, { auditDays, exchangeDays });
    expect((await paths()).toReversed()).toEqual(stay);
  },
);
