import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseBefore } from '../support/before-step.ts';

/** A database whose audit log was one table, with entries of several months and two tenants. */
const [ONE, OTHER] = [
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
];
const DAYS = [0, 3, 40, 75, 400];
let client: pg.Client;
let before: Record<string, unknown>[];

const entries = async () =>
  (
    await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(e) - 'request_id' - 'handles' as row from audit_entries e order by id`,
    )
  ).rows.map(({ row }) => row);

beforeAll(async () => {
  const old = await databaseBefore('0011');
  client = old.client;
  await client.query(
    `insert into tenants (id, name) values ('${ONE}', 'One'), ('${OTHER}', 'Other')`,
  );
  for (const days of DAYS)
    for (const tenant of [ONE, OTHER])
      await client.query(
        `insert into audit_entries (tenant_id, id, at, action, outcome, actor, subject_type,
          subject_id, subject_name, subject_handle, changes, reason, delta, correlation_id)
         values ($1, uuidv7(make_interval(days => -$2::int)), now() - make_interval(days =>
         $2::int), 'member.updated', $3, '{"kind":"system","name":"muster"}',
           'Member', gen_random_uuid(), 'Ann', 'ann@x.example', $4, 'Because',
           '{"t":"members","op":"u","c":{}}', 'call')`,
        [
          tenant,
          days,
          days === 3 ? 'FAILURE' : 'SUCCESS',
          JSON.stringify([
            { name: 'userName', before: 'Anna@x.example', after: 'ann@x.example' },
            { name: 'title', before: null, after: 'Lead' },
          ]),
        ],
      );
  before = await entries();
  await old.takeStep();
});
afterAll(() => client.end());

test('each entry is still there as it was, and nothing else is', async () => {
  expect(before).toHaveLength(2 * DAYS.length);
  expect(await entries()).toEqual(before);
});

test('each entry is in the partition of the month in which it was written', async () => {
  const { rows } = await client.query<{ part: string; month: string }>(
    `select tableoid::regclass::text as part, 'audit_entries_' || to_char(at at time zone 'UTC', 'YYYY_MM') as month from audit_entries`,
  );
  expect(rows.map(({ part }) => part)).toEqual(rows.map(({ month }) => month));
  expect(new Set(rows.map(({ part }) => part)).size).toBeGreaterThanOrEqual(4);
  expect((await client.query('select from audit_entries_rest')).rowCount).toBe(0);
});

test('an entry from before is found by each name that its person had in it', async () => {
  for (const handle of ['anna@x.example', 'ann@x.example']) {
    const { rowCount } = await client.query(
      'select from audit_entries where tenant_id = $1 and handles @> array[$2]',
      [ONE, handle],
    );
    expect([handle, rowCount]).toEqual([handle, DAYS.length]);
  }
  const { rowCount: others } = await client.query(
    `select from audit_entries where handles @> array['lead']`,
  );
  expect(others).toBe(0);
});

test('nothing is left of the one table, and each partition has its policy', async () => {
  const { rows } = await client.query<{ name: string; narrowed: boolean; policies: string }>(
    `select c.relname as name, c.relrowsecurity as narrowed, (select count(*) from pg_policy p
      where p.polrelid = c.oid) as policies
     from pg_class c where c.relname like 'audit_entries%' and c.relkind in ('r', 'p')`,
  );
  expect(rows.map(({ name }) => name)).not.toContain('audit_entries_before');
  for (const { name, narrowed, policies } of rows)
    expect([name, narrowed, Number(policies)]).toEqual([name, true, 1]);
});
