import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { type Company, stage } from '../support/directory.ts';

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
  client.query(`select set_config('app.tenant', $1, false)`, [tenantId]);

test('the application is neither superuser nor owner of anything, and may bypass no policy', async () => {
  const {
    rows: [role],
  } = await client.query(`
    select current_user as name, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb as mighty,
      (select count(*)::int from pg_class c where pg_has_role(current_user, c.relowner, 'member') and c.relnamespace = 'public'::regnamespace) as owned,
      has_schema_privilege('public', 'create') as creates
    from pg_roles r where r.rolname = current_user`);
  expect(role).toEqual({ name: 'muster_app', mighty: false, owned: 0, creates: false });
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

test('every table that carries a tenant has its policy, but for the outbox, which the relay empties for all', async () => {
  const { rows } = await client.query(`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`);
  expect(rows).toEqual([{ name: 'outbox' }]);
});

const tables = [
  'roles',
  'identity_providers',
  'members',
  'teams',
  'memberships',
  'role_mappings',
  'credentials',
  'audit_entries',
];
test.each(tables)(
  '%s: nothing without a tenant, and one tenant’s rows under it, whatever is asked',
  async table => {
    await under('');
    expect((await client.query(`select from ${table}`)).rows).toHaveLength(0);
    await under(one.tenantId);
    const { rows } = await client.query<{ tenant_id: string }>(`select tenant_id from ${table}`);
    expect(new Set(rows.map(row => row.tenant_id))).toEqual(new Set([one.tenantId]));
    expect(
      (await client.query(`select from ${table} where tenant_id = $1`, [other.tenantId])).rows,
    ).toHaveLength(0);
  },
);

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
