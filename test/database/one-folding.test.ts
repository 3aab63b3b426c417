import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseBefore } from '../support/before-step.ts';

/** A database as it was before names had one folding, with rows that are one name since. */
const TENANT = '00000000-0000-4000-8000-000000000001';
const [ROLE, PROVIDER] = [
  '00000000-0000-4000-8000-0000000000a1',
  '00000000-0000-4000-8000-0000000000b1',
];
let client: pg.Client;
const column = async (query: string): Promise<unknown[]> =>
  (await client.query<Record<string, unknown>>(query)).rows.map(row => Object.values(row)[0]);

beforeAll(async () => {
  const before = await databaseBefore('0009');
  client = before.client;
  await client.query(`
    insert into tenants (id, name) values ('${TENANT}', 'Old');
    insert into roles (tenant_id, id, name, rank, created_at)
    values ('${TENANT}', '${ROLE}', 'Reader', 1, '2026-01-01'), ('${TENANT}', gen_random_uuid(),
    'READER ', 2, '2026-01-02');
    insert into identity_providers (tenant_id, id, name, kind, features, created_at) values
      ('${TENANT}', '${PROVIDER}', 'Straße', 'SCIM', '{}', '2026-01-01'), ('${TENANT}',
      gen_random_uuid(), 'STRASSE', 'SCIM', '{}', '2026-01-02');
    insert into teams (tenant_id, id, name, created_at) values ('${TENANT}', gen_random_uuid(),
    'οδος', '2026-01-01'), ('${TENANT}', gen_random_uuid(), 'ΟΔΟΣ ', '2026-01-02');`);
  await member('ann@x.example', { email: 'ann@x.example' });
  await member(' Ann@x.example', { email: ' Ann@x.example' });
  await member('ann@x.example\u00a0', { email: null, provider: true });
  await member('ann@x.example (2)', { email: null });
  await member(' ann@X.example', { email: ' ann@X.example', state: 'DELETED' });
  await member('rene\u0301', { email: 'no address', provider: true, roles: ['boss ', 'boss'] });
  await member('bob', { email: ' bob@x.example ', provider: true });
  await client.query(`
    insert into conflict_cases (tenant_id, id, provider_id, kind, name_key, sent, facts,
    candidate_id, attempts)
    select '${TENANT}', gen_random_uuid(), '${PROVIDER}', 'member', key, '{}', '{}',
    gen_random_uuid(), attempts from (values ('carl', 2), ('carl ', 3)) as held(key, attempts);
    insert into audit_entries (tenant_id, action, actor, subject_type, subject_name, subject_handle,
    correlation_id)
    values ('${TENANT}', 'member.created', '{"kind":"system","name":"muster"}', 'Member', 'Ann',
    'ann@x.example ', 'before');`);
  await before.takeStep();
});
afterAll(() => client.end());

let made = 0;
const member = (
  name: string,
  {
    email,
    provider = false,
    state = 'ACTIVE',
    roles = [],
  }: { email: string | null; provider?: boolean; state?: string; roles?: string[] },
) =>
  client.query(
    `insert into members (tenant_id, id, user_name, email, display_name, origin, provider_id, state,
      pushed_roles, role_id, created_at)
     values ($1, gen_random_uuid(), $2, $3, $2, $4, $5, $6, $7, $8, timestamptz '2026-01-01' +
     make_interval(mins => $9))`,
    [
      TENANT,
      name,
      email,
      provider ? 'SCIM' : 'MANUAL',
      provider ? PROVIDER : null,
      state,
      roles,
      ROLE,
      ++made,
    ],
  );

test('of names that are one now, the oldest keeps its own and the others get a number that is free', async () => {
  expect(await column('select user_name from members order by created_at')).toEqual([
    'ann@x.example',
    'Ann@x.example (3)',
    'ann@x.example (4)',
    'ann@x.example (2)',
    ' ann@X.example', // who is deleted stands in nobody's way
    'rene\u0301',
    'bob',
  ]);
  expect(await column('select name from roles order by created_at')).toEqual([
    'Reader',
    'READER (2)',
  ]);
  expect(await column('select name from identity_providers order by created_at')).toEqual([
    'Straße',
    'STRASSE (2)',
  ]);
  expect(await column('select name from teams order by created_at')).toEqual(['οδος', 'ΟΔΟΣ (2)']);
});

test('an address is one, of one person made by hand, or none', async () => {
  expect(await column('select email from members order by created_at')).toEqual([
    'ann@x.example',
    null,
    null,
    null,
    'ann@X.example',
    null,
    'bob@x.example',
  ]);
});

test('keys that are looked up by are folded as names are', async () => {
  expect(await column('select user_name_key from members where user_name like $$rene%$$')).toEqual([
    'ren\u00e9',
  ]);
  expect(await column('select pushed_roles from members where user_name like $$rene%$$')).toEqual([
    ['boss'],
  ]);
  expect(await column(`select name_key || ' ' || attempts from conflict_cases`)).toEqual([
    'carl 5',
  ]);
  expect(
    await column(`select subject_handle from audit_entries where correlation_id = 'before'`),
  ).toEqual(['ann@x.example']);
});

test('each rename is an entry of the log', async () => {
  expect(
    await column(`select action || ' ' || (changes -> 0 ->> 'name') || ': ' || (changes -> 0 ->>
      'before') || ' -> ' || coalesce(changes -> 0 ->> 'after', '-')
      from audit_entries where correlation_id = 'migration 0009' order by 1`),
  ).toEqual(
    [
      'identityProvider.updated name: STRASSE -> STRASSE (2)',
      'member.updated email:  Ann@x.example -> -',
      'member.updated userName:  Ann@x.example -> Ann@x.example (3)',
      'member.updated userName: ann@x.example\u00a0 -> ann@x.example (4)',
      'role.updated name: READER  -> READER (2)',
      'team.updated name: ΟΔΟΣ  -> ΟΔΟΣ (2)',
    ].toSorted(),
  );
});
