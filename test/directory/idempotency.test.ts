import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { type Directory, Refusal } from '../../src/directory/index.ts';
import {
  createFirstTenant,
  systemDirectory,
} from '../../src/directory/installation/first-tenant.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

let database: Database;
let system: Directory;
let made = 0;

beforeAll(async () => {
  database = openDatabase({
    connection: connectionOf(await createTestDatabase()),
    tokenKey: 'k'.repeat(40),
  });
  system = await createFirstTenant(database.store, {
    tenant: 'Northwind',
    userName: 'olga@northwind.example',
    givenName: 'Olga',
    familyName: 'Owner',
  });
});
afterAll(() => database.close());

const another = () => systemDirectory(database.store, system.tenantId);
const key = () => `key number ${++made}`;
const teams = async () =>
  (await system.rows('teams').select('name').execute()).map(({ name }) => name);
const create = (directory: Directory, name: string) => ({
  run: async () => ({ id: (await directory.teams.create({ name })).id }),
});

test('the same key gives the first answer again and does nothing', async () => {
  const one = key();
  const first = await system.idempotency.once(one, 'a', create(system, 'Sales'));
  expect(await another().idempotency.once(one, 'a', create(system, 'Sales again'))).toEqual(first);
  expect(await teams()).toContain('Sales');
  expect(await teams()).not.toContain('Sales again');
});

test('another request under the same key is refused', async () => {
  const one = key();
  await system.idempotency.once(one, 'a', { run: async () => ({}) });
  await expect(
    system.idempotency.once(one, 'b', { run: async () => ({}), refused: () => ({}) }),
  ).rejects.toMatchObject({ code: 'invalid', facts: { field: ['key'] } });
  await expect(
    system.idempotency.once('short', 'a', { run: async () => ({}) }),
  ).rejects.toMatchObject({ code: 'invalid' });
});

test('two at once are one', async () => {
  const one = key();
  const answers = await Promise.all(
    [1, 2, 3].map(async () => {
      const directory = another();
      return directory.idempotency.once(one, 'a', create(directory, 'Together'));
    }),
  );
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect((await teams()).filter(name => name === 'Together')).toHaveLength(1);
});

test('a refusal leaves nothing done, and is the answer when it can be said as one', async () => {
  const one = key();
  const refuse = (code: 'invalid') => ({
    run: async () => {
      await system.teams.create({ name: 'Half done' });
      throw new Refusal(code, 'No.');
    },
  });
  await expect(system.idempotency.once(one, 'a', refuse('invalid'))).rejects.toMatchObject({
    code: 'invalid',
  });
  expect(await teams()).not.toContain('Half done');
  const said = await system.idempotency.once(one, 'a', {
    ...refuse('invalid'),
    refused: refusal => ({ no: refusal.message }),
  });
  expect(said).toEqual({ no: 'No.' });
  expect(await system.idempotency.once(one, 'a', { run: async () => ({ yes: true }) })).toEqual(
    said,
  );
});

test('what is said again holds no secret', async () => {
  const one = key();
  const { text } = database.store.secrets.issue('pat', system.tenantId);
  const answer = { secret: text, note: `holds ${text}`, profile: { secret: 'a seat' } };
  expect(await system.idempotency.once(one, 'a', { run: async () => answer })).toEqual(answer);
  expect(await system.idempotency.once(one, 'a', { run: async () => ({}) })).toEqual({
    secret: null,
    note: 'holds [removed]',
    profile: { secret: 'a seat' },
  });
});

test('after a day a key is free again, and swept', async () => {
  const one = key();
  await system.idempotency.once(one, 'a', { run: async () => ({ n: 1 }) });
  await sql`update idempotent_answers set created_at = now() - interval '25 hours' where tenant_id = ${system.tenantId}`.execute(
    system.db,
  );
  expect(await system.idempotency.once(one, 'b', { run: async () => ({ n: 2 }) })).toEqual({
    n: 2,
  });
  expect(await system.idempotency.sweep()).toBeGreaterThan(0);
  expect(await system.idempotency.once(one, 'b', { run: async () => ({ n: 3 }) })).toEqual({
    n: 2,
  });
});
