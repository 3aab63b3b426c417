import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  authenticate,
  type ObjectShape,
  Parameter,
  readShaped,
  shapedStatement,
} from '../../src/directory/index.ts';
import { migrate } from '../../src/migrate.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { TEST_KEYS } from '../support/cluster.ts';
import { type Company, described, stage } from '../support/company.ts';

/**
 * How many rows the statements of everyday requests read in a tenant of 5,000: found by their keys,
 * whatever plan the database keeps for them. A condition that a row policy holds back from an
 * index, or an estimate that makes a tenant look small, shows here.
 */
const MEMBERS = 5_000;
const MOST = 250;

const here = stage();
let company: Company;
let owner: pg.Client;
let ids: string[];
let ann: { id: string };
let manual: { id: string };
let everybody: { id: string };
let secret: string;
let token: string;
const sent: { text: string; values: unknown[] }[] = [];

beforeAll(async () => {
  company = await here.company();
  owner = new pg.Client(connectionOf(here.url) as pg.ClientConfig);
  await owner.connect();
  const { rows } = await owner.query<{ id: string }>(
    `insert into members (tenant_id, id, user_name, email, given_name, family_name, display_name,
      origin, origin_provider_id, provider_id, external_id, link_id, role_id)
     select $1, uuidv7(), 'user' || n || '@x.example', 'user' || n || '@x.example', 'Ann', 'Number'
     || n, 'Ann Number' || n, 'SCIM', $2, $2, 'x' || n, uuidv7(), $3
     from generate_series(1, $4::int) n returning id`,
    [company.tenantId, company.providerId, company.roles.member, MEMBERS],
  );
  ids = rows.map(({ id }) => id);
  everybody = await company.provisionedTeam('Everybody', []);
  ann = await company.provisioned('Ann');
  manual = await company.person('Mateo');
  await owner.query(
    `insert into memberships (tenant_id, team_id, member_id, origin) select $1, $2, unnest($3::uuid[]), 'SCIM'`,
    [company.tenantId, everybody.id, ids],
  );
  await owner.query('vacuum analyze');
  secret = (await company.owner.identityProviders.rotate(company.providerId)).secretToken as string;
  token = (
    await company.owner.credentials.createToken({
      name: 'mine',
      kind: 'PERSONAL',
      permissions: ['DIRECTORY_READ'],
    })
  ).secret;
  here.database.pool.on('acquire', remember);
});
afterAll(() => owner.end());

const known = new WeakSet<pg.ClientBase>();
/** Every connection that is used from now on says what it is asked. */
function remember(client: pg.ClientBase): void {
  if (known.has(client)) return;
  known.add(client);
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  Object.assign(client, {
    query: (...given: unknown[]) => {
      const { text, values = [] } = given[0] as { text?: string; values?: unknown[] };
      if (text !== undefined) sent.push({ text, values });
      return query(...given);
    },
  });
}

const everyday: [string, () => Promise<unknown>][] = [
  ['a secret is proved', () => authenticate(here.store, secret, { at: company.providerId })],
  ['a token is proved', () => authenticate(here.store, token)],
  ['a look-up by user name', () => own('userName', 'user4711@x.example')],
  ['a look-up by external id', () => own('externalId', 'x4711')],
  ['members by id', () => company.owner.members.byIds(ids.slice(0, 50))],
  ['a page of members', () => company.owner.members.page({ first: 50 })],
  [
    'a page of members by name',
    () => company.owner.members.page({ first: 50, orderBy: [{ by: 'displayName' }] }),
  ],
  [
    'a search for part of a name',
    () =>
      company.owner.members.page({
        first: 20,
        where: { field: 'query', op: 'contains', value: 'number471' },
      }),
  ],
  ['the teams of members', () => company.owner.members.memberships(ids.slice(0, 50), { first: 5 })],
  ['a page of teams', () => company.owner.teams.page({ first: 50 })],
  [
    'members with roles, teams and providers as one shape',
    () =>
      shaped([
        { key: 'id', value: { property: 'id' } },
        { key: 'role', value: { one: 'role', shape: [{ key: 'id', value: { property: 'id' } }] } },
        { key: 'provenance', value: { one: 'provenance', shape: provenance } },
        {
          key: 'teams',
          value: {
            list: 'teams',
            page: { first: 5 },
            shape: [{ key: 'nodes', value: { nodes: team } }],
          },
        },
      ]),
  ],
  [
    'a member is disabled',
    () => company.entra.members.rewrite(ann.id, described('Ann', { active: false })),
  ],
  ['a role is locked', () => company.owner.members.lockRole(ann.id, {})],
  ['a member is edited', () => company.owner.members.update(manual.id, { givenName: 'New' })],
  ['a member joins', () => apply('admit')],
  ['a member leaves', () => apply('expel')],
];
const id: ObjectShape = [{ key: 'id', value: { property: 'id' } }];
const team: ObjectShape = [{ key: 'team', value: { one: 'team', shape: id } }];
const provenance: ObjectShape = [
  { key: 'managed', value: { property: 'managed' } },
  { key: 'identityProvider', value: { one: 'identityProvider', shape: id } },
];
/** A page of members in this form, and one of them by its id. */
async function shaped(shape: ObjectShape): Promise<void> {
  const statement = shapedStatement(company.owner, [
    {
      key: 'tenant',
      value: {
        tenant: [
          {
            key: 'members',
            value: {
              list: 'members',
              page: { first: 40 },
              shape: [
                { key: 'nodes', value: { nodes: shape } },
                { key: 'pageInfo', value: { pageInfo: [{ key: 'next', value: 'hasNextPage' }] } },
              ],
            },
          },
        ],
      },
    },
    { key: 'member', value: { found: 'member', id: new Parameter(0), shape } },
  ]);
  expect(await readShaped(company.owner, statement, [ids[4_711]])).toContain(ids[4_711]);
}
const own = (field: 'userName' | 'externalId', value: string) =>
  company.entra.members.pageOfOwn({ first: 10, where: { field, op: 'eq', value } });
const apply = (kind: 'admit' | 'expel') =>
  company.entra.teams.apply(everybody.id, [{ kind, memberIds: [ann.id] }]);

test.each(everyday)('%s', async (_, ask) => {
  sent.length = 0;
  await ask();
  const asked = sent.filter(({ text }) => /^\s*(select|with|insert|update|delete)\b/i.test(text));
  expect(asked.length).toBeGreaterThan(0);
  const client = await here.database.pool.connect();
  try {
    await client.query(`select set_config('app.tenant', $1, false)`, [
      here.store.proofOf(company.tenantId),
    ]);
    for (const { text, values } of asked)
      for (const plans of ['force_custom_plan', 'force_generic_plan'])
        expect([plans, text, await rowsRead(client, plans, text, values)]).toEqual([
          plans,
          text,
          expect.toSatisfy((rows: number) => rows <= MOST),
        ]);
  } finally {
    client.release(true);
  }
});

test('a statement that reads the whole tenant would be seen', async () => {
  const client = await here.database.pool.connect();
  try {
    await client.query(`select set_config('app.tenant', $1, false)`, [
      here.store.proofOf(company.tenantId),
    ]);
    const text = 'select id from members where tenant_id = $1 and given_name = $2';
    const read = await rowsRead(client, 'force_generic_plan', text, [company.tenantId, 'Nobody']);
    expect(read).toBeGreaterThan(MEMBERS);
  } finally {
    client.release(true);
  }
});

test('what a restore from a dump does not bring is there again after the next start', async () => {
  const distinct = async () =>
    (
      await owner.query<{ table: string }>(
        `select tablename as table from pg_stats where attname = 'tenant_id' and n_distinct = 10 order by 1`,
      )
    ).rows.map(({ table }) => table);
  const all = ['members', 'memberships', 'teams'];
  await owner.query('analyze');
  expect(await distinct()).toEqual(all);
  for (const table of all)
    await owner.query(`select pg_clear_attribute_stats('public', $1, 'tenant_id', false)`, [table]);
  expect(await distinct()).toEqual([]);
  await migrate(connectionOf(here.url), { tokenKeys: TEST_KEYS });
  expect(await distinct()).toEqual(all);
});

interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  'Relation Name'?: string;
  'Plans'?: Plan[];
}

/** As a request's connection runs it, under the row policies; what it changes is taken back. */
async function rowsRead(
  client: pg.ClientBase,
  plans: string,
  text: string,
  values: unknown[],
): Promise<number> {
  let most = 0;
  const walk = (plan: Plan) => {
    if (plan['Relation Name'])
      most = Math.max(
        most,
        (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'],
      );
    plan.Plans?.forEach(walk);
  };
  const given = values.map(value => literal(value));
  await client.query('begin');
  try {
    await client.query(`set local plan_cache_mode = ${plans}`);
    await client.query(`prepare asked as ${text}`);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) execute asked${given.length > 0 ? `(${given.join(', ')})` : ''}`,
    );
    walk(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('rollback');
    await client.query('deallocate all');
  }
  return most;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return pg.escapeLiteral(textOf(value));
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return `{${value.map(each => (each == null ? 'null' : JSON.stringify(textOf(each)))).join(',')}}`;
  return typeof value === 'object'
    ? JSON.stringify(value)
    : String(value as string | number | boolean);
}
