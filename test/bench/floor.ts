import { createHash, randomUUIDv7 } from 'node:crypto';
import Koa, { type Context } from 'koa';
import type pg from 'pg';
import { createPool } from '../../src/platform/pool.ts';

/**
 * What the work costs at least: Koa, `pg` with prepared statements, the same answers, and nothing
 * else. No authentication, no rules, no tenants, no audit (but for the GraphQL edit), no inspector.
 * Never right, but near nothing. With `audit` it also looks a token up and writes an audit row,
 * both in the statement that does the work.
 */
const [url = '', count = '0', manner = 'bare'] = process.argv.slice(2);
const users = Number(count);
const audits = manner === 'audit';
const pool = createPool({ connectionString: url } as object, { max: 10 });

type Row = Record<string, unknown>;
async function one(name: string, text: string, values: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ name, text, values })).rows;
}

async function together<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const [, result] = await Promise.all([client.query('begin'), work(client)]);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}

const COLUMNS =
  'id, user_name, given_name, family_name, display_name, external_id, active, profile, version, created_at, updated_at';
const user = (row: Row): Row => ({
  schemas: [
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  ],
  ...(row['profile'] as Row),
  id: row['id'],
  userName: row['user_name'],
  externalId: row['external_id'],
  active: row['active'],
  displayName: row['display_name'],
  name: { givenName: row['given_name'], familyName: row['family_name'] },
  meta: {
    resourceType: 'User',
    created: (row['created_at'] as Date).toISOString(),
    lastModified: (row['updated_at'] as Date).toISOString(),
    location: `http://localhost/scim/Users/${row['id'] as string}`,
    version: `v${row['version'] as number}`,
  },
});
const list = (rows: unknown[], totalResults = rows.length, startIndex = 1): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults,
  startIndex,
  itemsPerPage: rows.length,
  Resources: rows,
});

const wanted = (query: URLSearchParams): string =>
  /"(.*)"/.exec(query.get('filter') ?? '')?.[1] ?? '';
const ends = new Map<number, string>();

const CALLER = (parameter: string): string =>
  `select from tokens where digest = ${parameter} and revoked_at is null`;
const digestOf = (ctx: Context): Buffer =>
  createHash('sha256').update(ctx.get('authorization').slice('Bearer '.length)).digest();

async function userNamed(name: string, ctx: Context): Promise<Row[]> {
  const text = `select ${COLUMNS} from users where user_name_key = $1`;
  return audits
    ? one('by-name', `${text} and exists (${CALLER('$2')})`, [name, digestOf(ctx)])
    : one('by-name', text, [name]);
}

async function getUsers(query: URLSearchParams, ctx: Context): Promise<object> {
  if (query.has('filter'))
    return list((await userNamed(wanted(query).toLowerCase(), ctx)).map(user));
  const startIndex = Number(query.get('startIndex'));
  const size = Number(query.get('count'));
  const after = ends.get(startIndex);
  const rows =
    after === undefined
      ? await one(
          'page-at',
          `select ${COLUMNS} from users where id >= (select id from users order by id offset $1 limit 1) order by id limit $2`,
          [startIndex - 1, size],
        )
      : await one('page-after', `select ${COLUMNS} from users where id > $1 order by id limit $2`, [
          after,
          size,
        ]);
  ends.set(startIndex + rows.length, rows.at(-1)?.['id'] as string);
  return list(rows.map(user), users, startIndex);
}

/** A change and its audit row in one statement, for whoever has a token. */
const audited = (action: string, change: string, token: string, changes: string): string => `
  with caller as (${CALLER(token)}),
    changed as (${change} returning ${COLUMNS}),
    said as (insert into audit (action, subject_id, changes)
    select '${action}', id, ${changes}::jsonb from changed)
  select * from changed`;

const NEW =
  'id, user_name, user_name_key, given_name, family_name, display_name, display_name_key, email, external_id, active, profile';
const NEW_VALUES = '$1::uuid, $2, $3, $4, $5, $6, $7, $2, $8, $9::boolean, $10::jsonb';

async function postUser(body: Row, ctx: Context): Promise<Row> {
  const {
    userName,
    externalId,
    active,
    displayName,
    name,
    schemas: _,
    ...profile
  } = body as Row & { userName: string; name: Row };
  const values = [
    randomUUIDv7(),
    userName,
    userName.toLowerCase(),
    name['givenName'],
    name['familyName'],
    displayName,
    String(displayName).toLowerCase(),
    externalId,
    active,
    JSON.stringify(profile),
  ];
  const change = `insert into users (${NEW}) select ${NEW_VALUES}`;
  const [row] = audits
    ? await one('create', audited('user.created', `${change} from caller`, '$11', '$12'), [
        ...values,
        digestOf(ctx),
        JSON.stringify({ userName, externalId, displayName }),
      ])
    : await one('create', `${change} returning ${COLUMNS}`, values);
  return user(row as Row);
}

async function patchUser(
  id: string,
  body: { Operations: { value: unknown }[] },
  ctx: Context,
): Promise<Row> {
  const active = body.Operations[0]?.value;
  const change =
    'update users set active = $2, version = version + 1, updated_at = now() where id = $1';
  const [row] = audits
    ? await one(
        'active',
        audited('user.patched', `${change} and exists (select from caller)`, '$3', '$4'),
        [id, active, digestOf(ctx), JSON.stringify({ active })],
      )
    : await one('active', `${change} returning ${COLUMNS}`, [id, active]);
  return user(row as Row);
}

async function patchGroup(
  id: string,
  body: { Operations: { op: string; path: string; value?: { value: string }[] }[] },
): Promise<void> {
  const [{ op, path, value = [] } = { op: '', path: '' }] = body.Operations;
  await together(async client => {
    if (op === 'add')
      await client.query({
        name: 'join',
        text: 'insert into memberships select $1, unnest($2::uuid[]) on conflict do nothing',
        values: [id, value.map(each => each.value)],
      });
    else
      await client.query({
        name: 'leave',
        text: 'delete from memberships where group_id = $1 and user_id = $2',
        values: [id, /"(.*)"/.exec(path)?.[1]],
      });
    await client.query({
      name: 'touch',
      text: 'update groups set version = version + 1, updated_at = now() where id = $1',
      values: [id],
    });
  });
}

const TEAMS_OF = (
  most: number,
) => `(select coalesce(json_agg(json_build_object('team', json_build_object('id', g.id, 'name',
  g.name))), '[]')
  from (select group_id from memberships m where m.user_id = u.id order by group_id limit ${most}) m
  join groups g on g.id = m.group_id)`;
const operations: Record<string, (variables: Row, ctx: Context) => Promise<unknown>> = {
  G1: async () => ({
    tenant: {
      members: {
        nodes: await one(
          'g1',
          `select u.id, u.user_name as "userName", u.display_name as "displayName", case
            when u.active then 'ACTIVE' else 'DISABLED' end as state,
    json_build_object('id', r.id, 'name', r.name) as role, json_build_object('nodes',
    ${TEAMS_OF(10)}) as teams from (select * from users order by id limit 50) u join roles r
    on r.id = u.role_id order by u.id`,
          [],
        ),
      },
    },
  }),
  G2: async ({ id }) => ({
    member: (
      await one(
        'g2',
        `select id, user_name as "userName", display_name as "displayName", given_name as
          "givenName", family_name as "familyName", email,
    case when active then 'ACTIVE' else 'DISABLED' end as state, created_at as "createdAt"
    from users where id = $1`,
        [id],
      )
    )[0],
  }),
  G3: async ({ query }) => ({
    tenant: {
      members: {
        nodes: await one(
          'g3',
          `select id, display_name as "displayName", user_name as "userName" from users where display_name_key like $1 order by id limit 20`,
          [`%${query as string}%`],
        ),
      },
    },
  }),
  G4: async () => ({
    tenant: {
      teams: {
        nodes: await one(
          'g4',
          `select g.id, g.name, json_build_object('nodes', (
      select coalesce(json_agg(json_build_object('member', json_build_object('id', u.id,
      'displayName', u.display_name, 'teams', json_build_object('nodes', ${TEAMS_OF(5)})))), '[]')
      from (select user_id from memberships where group_id = g.id order by user_id limit 10) m
      join users u on u.id = m.user_id)) as members
    from (select * from groups order by id limit 10) g`,
          [],
        ),
      },
    },
  }),
  G5: async ({ input }, ctx) => {
    const { id, givenName } = input as { id: string; givenName: string };
    const token = audits ? `and exists (${CALLER('$3')})` : '';
    const [member] = await one(
      'g5',
      `with changed as (update users set given_name = $2, display_name = $2 || ' ' || family_name,
        display_name_key = lower($2 || ' ' || family_name), version = version + 1, updated_at =
        now() where id = $1 ${token} returning *),
        said as (insert into audit (action, subject_id, changes)
        select 'member.updated', id, jsonb_build_array(jsonb_build_object('name', 'givenName',
        'after', $2)) from changed)
      select id, given_name as "givenName", display_name as "displayName", 'v' || version as version
      from changed`,
      [id, givenName, ...(audits ? [digestOf(ctx)] : [])],
    );
    return { memberUpdate: { member, userErrors: [] } };
  },
};

async function answer(ctx: Context): Promise<void> {
  const [, , , , kind, id] = ctx.path.split('/');
  const body = ctx.method === 'GET' ? {} : (JSON.parse(await text(ctx)) as Row);
  ctx.type = 'application/scim+json';
  if (ctx.path === '/graphql') {
    ctx.type = 'application/json';
    ctx.body = JSON.stringify({
      data: await operations[String(body['operationName'])]?.(body['variables'] as Row, ctx),
    });
  } else if (kind === 'Users' && ctx.method === 'GET')
    ctx.body = JSON.stringify(await getUsers(new URLSearchParams(ctx.querystring), ctx));
  else if (kind === 'Users' && id === undefined)
    [ctx.status, ctx.body] = [201, JSON.stringify(await postUser(body, ctx))];
  else if (kind === 'Users')
    ctx.body = JSON.stringify(await patchUser(id as string, body as never, ctx));
  else if (kind === 'Groups' && ctx.method === 'GET')
    ctx.body = JSON.stringify(
      list(
        await one('group', 'select id, name from groups where name = $1', [
          wanted(new URLSearchParams(ctx.querystring)),
        ]),
      ),
    );
  else if (kind === 'Groups' && id === undefined) {
    const [row] = await one(
      'new-group',
      'insert into groups (id, name, external_id) values ($1, $2, $3) returning id, name',
      [randomUUIDv7(), body['displayName'], body['externalId']],
    );
    [ctx.status, ctx.body] = [201, JSON.stringify(row)];
  } else if (kind === 'Groups') {
    await patchGroup(id as string, body as never);
    [ctx.body, ctx.status] = [null, 204];
  }
}

function text({ req }: Context): Promise<string> {
  return new Promise((resolve, reject) => {
    let whole = '';
    req
      .setEncoding('utf8')
      .on('data', (part: string) => {
        whole += part;
      })
      .on('end', () => resolve(whole))
      .on('error', reject);
  });
}

const koa = new Koa();
koa.use(ctx => answer(ctx));
const server = koa.listen(0, '127.0.0.1', () =>
  process.send?.((server.address() as { port: number }).port),
);
process.on('disconnect', () => process.exit());
