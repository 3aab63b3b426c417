import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { proofKeyOf, SERVICE_TENANT } from '../../src/database-keys.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { TEST_KEYS } from '../support/cluster.ts';
import { type Company, stage } from '../support/company.ts';

const here = stage();
let one: Company;
let other: Company;
let client: pg.PoolClient;

beforeAll(async () => {
  one = await here.company();
  other = await here.company();
  client = await here.database.pool.connect();
});
afterAll(() => client.release(true));
const under = (tenantId: string) =>
  client.query(`select set_config('app.tenant', $1, false)`, [
    tenantId && here.store.proofOf(tenantId),
  ]);

test('requests log in as a role that is neither mighty nor owner, and is a member of nothing but its own grants', async () => {
  const {
    rows: [role],
  } = await client.query(`
    select session_user = current_user as itself, r.rolsuper or r.rolbypassrls or r.rolcreaterole
    or r.rolcreatedb or r.rolreplication as mighty,
      (select array_agg(m.rolname::text) from pg_roles m
      where pg_has_role(session_user, m.oid, 'member') and m.rolname <> session_user) as member_of,
      (select count(*)::int from pg_class c where pg_has_role(session_user, c.relowner, 'member')
      and c.relnamespace = 'public'::regnamespace) as owned,
      has_schema_privilege('public', 'create') as creates
    from pg_roles r where r.rolname = session_user`);
  expect(role).toEqual({
    itself: true,
    mighty: false,
    member_of: ['muster_app'],
    owned: 0,
    creates: false,
  });
});

test.each([
  `select set_config('role', 'none', false)`,
  'reset role',
  'reset session authorization',
  'discard all',
])('after an injected %s the connection still owns nothing', async text => {
  await client.query(text);
  await under(one.tenantId);
  await expect(client.query('delete from audit_entries')).rejects.toMatchObject({ code: '42501' });
  await expect(
    client.query('alter table members disable row level security'),
  ).rejects.toMatchObject({ code: '42501' });
  const { rows } = await client.query<{ tenant_id: string }>('select tenant_id from members');
  expect(new Set(rows.map(row => row.tenant_id))).toEqual(new Set([one.tenantId]));
});

test('nobody’s role can be taken: neither the owner’s nor a mighty one', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(rolname) as name from pg_roles where rolname not in (session_user, 'muster_app')`,
  );
  expect(rows.length).toBeGreaterThan(5);
  for (const { name } of rows) {
    await expect(client.query(`set role ${name}`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`set session authorization ${name}`)).rejects.toMatchObject({
      code: '42501',
    });
  }
});

test('another tenant’s id without its proof is no tenant, and so is a proof that was altered or put before another id', async () => {
  const proof = here.store.proofOf(one.tenantId);
  const forged = [
    other.tenantId,
    one.tenantId,
    other.tenantId + proof.slice(36),
    `${proof.slice(0, -1)}${proof.endsWith('0') ? '1' : '0'}`,
    `${proof}0`,
    proof.toUpperCase(),
    '0'.repeat(100),
  ];
  for (const setting of forged) {
    await client.query(`select set_config('app.tenant', $1, false)`, [setting]);
    expect([
      setting,
      (await client.query('select current_tenant() as tenant')).rows,
      (await client.query('select from members')).rowCount,
    ]).toEqual([setting, [{ tenant: null }], 0]);
  }
});

test('proofs of all tenants are kept under every key, those of new tenants too, and end with their key', async () => {
  const owner = new pg.Client({
    ...inject('cluster'),
    database: (client as unknown as { database: string }).database,
  });
  await owner.connect();
  try {
    const missing = () =>
      owner.query(
        'select t.id from tenants t, service_keys k where not exists (select from tenant_proofs p where p.tenant_id = t.id and p.key = k.key)',
      );
    expect((await missing()).rows).toEqual([]);
    const child = await (await here.company()).owner.tenants.createChild('Newcomer');
    expect((await missing()).rows).toEqual([]);
    const { rows } = await owner.query('select proof from tenant_proofs where tenant_id = $1', [
      child.id,
    ]);
    expect(rows.map(({ proof }) => proof as string)).toContain(here.store.proofOf(child.id));

    await owner.query(`insert into service_keys (key) values ('another key')`);
    expect((await missing()).rows).toEqual([]);
    const under = () => owner.query(`select from tenant_proofs where key = 'another key'`);
    expect((await under()).rowCount).toBeGreaterThan(2);
    await owner.query(`delete from service_keys where key = 'another key'`);
    expect((await under()).rowCount).toBe(0);
  } finally {
    await owner.end();
  }
});

test('the keys of the proofs, and the proofs, can be read by nobody but the owner', async () => {
  for (const text of ['select key from service_keys', 'select proof from tenant_proofs'])
    await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
  await expect(
    client.query('select proof_of($1, $2)', [one.tenantId, Buffer.from('mine')]),
  ).rejects.toMatchObject({ code: '42501' });
  const { rows } = await client.query<{ body: string }>(
    `select pg_get_functiondef(p.oid) as body from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  );
  for (const key of TEST_KEYS)
    expect(rows.some(({ body }) => body.includes(proofKeyOf(key).toString('hex')))).toBe(false);
});

test.each([
  `update audit_entries set action = 'x'`,
  'delete from audit_entries',
  'truncate audit_entries',
  `update audit_entries set action = 'x' where false`,
  'truncate members',
  'alter table audit_entries disable row level security',
  'drop table audit_entries',
  'drop policy one_tenant on members',
  'select * from mikro_orm_migrations',
  'insert into service_keys (key) values (sha256($$mine$$))',
  'delete from tenants',
  'create table mine (id int)',
  'create schema mine',
  `create function mine() returns int language sql return 1`,
  `copy members to program 'cat'`,
  `select pg_read_file('PG_VERSION')`,
])('the application may not: %s', async text => {
  await under(one.tenantId);
  await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
});

test('the log can be added to and read, and nothing else', async () => {
  const { rows } = await client.query(
    `select privilege_type as privilege from information_schema.role_table_grants where grantee = 'muster_app' and table_name = 'audit_entries' order by 1`,
  );
  expect(rows.map(({ privilege }) => privilege as string)).toEqual(['INSERT', 'SELECT']);
});

/** Every table, view or partition on which the application may do anything at all. */
async function reachable(): Promise<{ name: string; tenant: string; secured: boolean }[]> {
  const { rows } = await client.query<{ name: string; tenant: string; secured: boolean }>(`
    select c.relname as name, case when c.relname = 'tenants' then 'id' else (select a.attname::text
    from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') end as tenant,
      c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid) as secured
    from pg_class c where c.relnamespace = 'public'::regnamespace
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and has_table_privilege(c.oid,
      'select, insert, update, delete, truncate, references, trigger') order by 1`);
  return rows;
}

test('whatever the application can reach is behind a policy, and nothing can be emptied', async () => {
  const all = await reachable();
  expect(all.length).toBeGreaterThan(15);
  expect(all.filter(({ secured, tenant }) => !secured || !tenant)).toEqual([]);
  const { rows } = await client.query(
    `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'truncate, references, trigger')`,
  );
  expect(rows).toEqual([]);
});

test('policies ask for the tenant once for a statement, not once for a row', async () => {
  const { rows } = await client.query(
    `select tablename, policyname from pg_policies where schemaname = 'public'
       and regexp_replace(coalesce(qual, '') || coalesce(with_check, ''),
       '\\( *SELECT current_tenant\\(\\)[^)]*\\)', '', 'g') ~ '_tenant\\('`,
  );
  expect(rows).toEqual([]);
});

test('in every table: nothing without a tenant, and one tenant’s rows under it, whatever is asked', async () => {
  await one.system.identityProviders.all();
  for (const { name, tenant } of await reachable()) {
    await under('');
    expect([name, (await client.query(`select from ${name}`)).rowCount]).toEqual([name, 0]);
    await under(SERVICE_TENANT);
    expect([name, (await client.query(`select from ${name}`)).rowCount]).toEqual([name, 0]);
    await under(one.tenantId);
    const { rows } = await client.query<{ tenant: string }>(
      `select distinct ${tenant}::text as tenant from ${name}`,
    );
    expect([name, ...rows.map(row => row.tenant)]).toEqual(
      rows.length === 0 ? [name] : [name, one.tenantId],
    );
    expect([
      name,
      (await client.query(`select from ${name} where ${tenant} = $1`, [other.tenantId])).rowCount,
    ]).toEqual([name, 0]);
  }
});

test('a tenant sees its children whole, of its parent the id and the name, and no further', async () => {
  const seen = async (tenantId: string) => {
    await under(tenantId);
    const { rows } = await client.query<{ id: string }>('select id from tenants');
    return new Set(rows.map(({ id }) => id));
  };
  const first = await one.owner.tenants.createChild('First');
  const second = await one.owner.tenants.createChild('Second');
  expect(await seen(one.tenantId)).toEqual(new Set([one.tenantId, first.id, second.id]));
  expect(await seen(first.id)).toEqual(new Set([first.id]));
  expect(await seen(other.tenantId)).toEqual(new Set([other.tenantId]));

  const parentOf = async (tenantId: string) => {
    await under(tenantId);
    return (await client.query('select * from parent_tenant()')).rows;
  };
  const { rows } = await client.query('select * from tenants where parent_id is null');
  expect(rows.map(({ id }) => id)).not.toContain(one.tenantId);
  expect(await parentOf(first.id)).toEqual([{ id: one.tenantId, name: expect.any(String) }]);
  expect(await parentOf(one.tenantId)).toEqual([]);
  expect(await parentOf(SERVICE_TENANT)).toEqual([]);
});

test('what serves all tenants answers to the service alone', async () => {
  await one.owner.invitations.send([(await one.person('Mateo')).id]);
  await under(other.tenantId);
  expect((await client.query('select * from claim_messages(10, 60)')).rows).toEqual([]);
  expect((await client.query('select pending from outbox_backlog()')).rows).toEqual([
    { pending: 0 },
  ]);
  expect((await client.query('select first_tenant() as id')).rows).toEqual([{ id: null }]);
  await under(SERVICE_TENANT);
  expect((await client.query('select pending from outbox_backlog()')).rows).toEqual([
    { pending: 1 },
  ]);
  expect((await client.query('select tenant_id from claim_messages(10, 60)')).rows).toEqual([
    { tenant_id: one.tenantId },
  ]);
});

test('one statement is one statement: another behind it is refused, with and without parameters', async () => {
  const tables = here.store.tablesOf(one.tenantId);
  for (const text of ['select 1; reset role', `begin; select set_config('role', 'none', false)`])
    await expect(tables.executeQuery(CompiledQuery.raw(text))).rejects.toMatchObject({
      code: '42601',
    });
});

test('another tenant’s rows can neither be changed, nor removed, nor made', async () => {
  await under(one.tenantId);
  expect(
    (
      await client.query('update members set display_name = display_name where tenant_id = $1', [
        other.tenantId,
      ])
    ).rowCount,
  ).toBe(0);
  expect(
    (await client.query('delete from memberships where tenant_id = $1', [other.tenantId])).rowCount,
  ).toBe(0);
  await expect(
    client.query(`insert into teams (tenant_id, id, name) values ($1, uuidv7(), 'x')`, [
      other.tenantId,
    ]),
  ).rejects.toMatchObject({ code: '42501' });
  await expect(
    client.query('update teams set tenant_id = $2 where tenant_id = $1', [
      one.tenantId,
      other.tenantId,
    ]),
  ).rejects.toMatchObject({ code: '42501' });
});

test('substring search, which runs as the owner, finds the tenant’s own only', async () => {
  for (const [tenantId, found] of [
    [one.tenantId, 1],
    ['', 0],
  ] as const) {
    await under(tenantId);
    expect((await client.query(`select members_containing('%grace%')`)).rows).toHaveLength(found);
    expect((await client.query(`select teams_containing('%engineering%')`)).rows).toHaveLength(
      found,
    );
  }
});

test('a key cannot leave its tenant, even for the owner of the tables', async () => {
  const owner = new pg.Client(connectionOf(here.url) as pg.ClientConfig);
  await owner.connect();
  try {
    const foreign = {
      member: (await other.person('Grace')).id,
      team: (await one.team('Finance')).id,
    };
    await expect(
      owner.query('insert into memberships (tenant_id, team_id, member_id) values ($1, $2, $3)', [
        one.tenantId,
        foreign.team,
        foreign.member,
      ]),
    ).rejects.toMatchObject({ code: '23503' });
    await expect(
      owner.query('update members set role_id = $2 where tenant_id = $1', [
        one.tenantId,
        other.roles.owner,
      ]),
    ).rejects.toMatchObject({ code: '23503' });
  } finally {
    await owner.end();
  }
});
