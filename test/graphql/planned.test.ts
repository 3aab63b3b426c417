import {
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LISTS, type NounName, NOUNS } from '../../src/directory/index.ts';
import { directorySchema } from '../../src/graphql/schema/schema.ts';
import { type House, openHouse } from '../support/people.ts';

/** The same database answered in three ways: by execution, by plans, and by both, compared. */
let executed: House;
let planned: House;
let compared: House;
let teamIds: string[];
let memberIds: string[];
beforeAll(async () => {
  executed = await openHouse({ plans: 'off' });
  planned = await openHouse({ beside: executed, plans: 'on' });
  compared = await openHouse({ beside: executed, plans: 'compared' });
  ({ memberIds, teamIds } = await awkwardCompany(executed));
});
afterAll(async () => {
  await compared.close({ owed: 'anything' });
  await planned.close({ owed: 'anything' });
  await executed.close({ owed: 'anything' });
});

/**
 * Text that a JSON writer can get wrong, rows without values, deleted ones, and more than a page.
 */
async function awkwardCompany(house: House) {
  const names = [
    'Quote " and \\ backslash',
    'Lines\nand\ttabs\r\u0008\u000c',
    'Bell \u0007 and \u001f and \u007f',
    'Ünï cödé 漢字 😀',
    'Separators \u2028 \u2029',
    "</script><!-- &amp; 'single'",
    ' ',
    ...Array.from({ length: 20 }, (_, at) => `Person ${at}`),
  ];
  const memberIds: string[] = [];
  for (const name of names) memberIds.push((await house.made({ name })).id);
  await house.query(
    `update members set email = null, given_name = null, family_name = null,
       updated_at = date_trunc('second', now())
     where id = any($1::uuid[])`,
    [memberIds.slice(0, 3)],
  );
  await house.query(
    `update members set title = display_name, department = '"', locale = 'de-CH', phone_number = E'\\t'
     where id = any($1::uuid[])`,
    [memberIds.slice(0, 9)],
  );
  const teamIds: string[] = [];
  for (const name of ['"Quoted"', 'Ünï\\cödé', 'Empty', 'Large']) {
    const { team } = await house.owner.does('teamCreate', { name }, 'team { id }');
    teamIds.push(team.id);
    if (name !== 'Empty')
      await house.owner.does('teamAddMembers', {
        id: team.id,
        memberIds: name === 'Large' ? memberIds : memberIds.slice(0, 4),
      });
  }
  const provider = await house.provider({ name: 'Entra "ID"' });
  await provider.scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'pushed\u00e9@x',
    externalId: 'e-"1"',
    displayName: 'Pushed \\ "one"',
    active: true,
  });
  await house.query('update members set manager_id = $1 where id = any($2::uuid[])', [
    memberIds[8],
    memberIds.slice(0, 3),
  ]);
  await house.query('update members set manager_id = $1 where id = $2', [
    memberIds[5],
    memberIds[4],
  ]);
  const [role] = (await house.tenant.roles.all()).filter(each => each.builtIn === 'auditor');
  await house.owner.does('roleMappingsSet', {
    mappings: [
      { teamId: teamIds[0], roleId: role!.id },
      { pushedRole: '"Admin"', roleId: role!.id },
    ],
  });
  await house.owner.does('memberDelete', { id: memberIds[5] }, 'member { id }');
  return { memberIds, teamIds };
}

async function ask(at: House, query: string, variables: Record<string, unknown> = {}) {
  const answer = await executed.owner.at(at).fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: await answer.text(),
  };
}

/** Reads of the tenant, beside the statement that knows the caller. */
const READS = /^\s*select .* from (members|teams|memberships|roles|tenants) /s;
/** By itself, or within the proof of a remembered caller. */
const isPlan = (text: string): boolean => / as data(\n\) as "#asked".*)?$/s.test(text);

const NOUN_OF: Record<string, NounName> = {
  Tenant: 'tenant',
  Member: 'member',
  Team: 'team',
  Role: 'role',
  RoleMapping: 'mapping',
  TeamMembership: 'membership',
  Provenance: 'provenance',
  IdentityProvider: 'provider',
};

const QUERIES: readonly (readonly [title: string, query: string])[] = [
  ['a tenant', '{ tenant { id name __typename } }'],
  [
    'members with role and teams',
    `{ tenant { members(first: 50) { nodes {
      id userName displayName state role { id name rank permissions }
      teams(first: 10) { nodes { origin since team { id name version } } }
    } } } }`,
  ],
  [
    'edges, cursors and facts of a page',
    `{ tenant { members(first: 2) {
      edges { cursor node { userName } } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }`,
  ],
  [
    'the last ones of a page',
    `{ tenant { members(last: 2, orderBy: [{ field: DISPLAY_NAME, direction: DESC }]) {
      nodes { displayName } edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }`,
  ],
  [
    'teams, their members and their teams',
    `{ tenant { teams(first: 10) { nodes { id name createdAt members(first: 10) {
      totalCount
      nodes { member { id displayName email purgeAt teams(first: 5) { nodes { team { id } } } } }
    } } } } }`,
  ],
  [
    'a filter, an order and fragments',
    `query { tenant { ...T } }
    fragment T on Tenant { some: members(
      filter: { state: [ACTIVE], userName: { startsWith: "p" } }
      orderBy: [{ field: CREATED_AT, direction: DESC }]
    ) { nodes {
      ... on Node { id }
      ... on Member { provenance {
        origin managed detached externalId identityProvider { id name }
      } }
    } } }`,
  ],
  [
    'an empty page',
    '{ tenant { members(first: 0) { nodes { id } pageInfo { hasNextPage startCursor } } } }',
  ],
  ['a count alone', '{ tenant { members { totalCount } teams { totalCount } } }'],
];

describe('a query that has a plan', () => {
  test.each(QUERIES)('%s: one statement, the same bytes', async (_, query) => {
    await ask(planned, query);
    let answer: Awaited<ReturnType<typeof ask>> | undefined;
    const statements = await planned.statementsOf(async () => {
      answer = await ask(planned, query);
    });
    expect(answer).toEqual(await ask(executed, query));
    expect(answer?.text).not.toContain('errors');
    expect(statements.filter(isPlan)).toHaveLength(1);
    expect(statements.filter(text => READS.test(text) && !isPlan(text))).toEqual([]);
  });

  test('takes the id of an object as a value: another one is the same statement', async () => {
    const query = 'query ($id: ID!) { member(id: $id) { id displayName title locale } }';
    const texts = new Set<string>();
    for (const id of memberIds.slice(0, 8)) {
      const statements = await planned.statementsOf(async () => {
        expect(await ask(planned, query, { id })).toEqual(await ask(executed, query, { id }));
      });
      for (const text of statements.filter(isPlan)) texts.add(text);
    }
    expect(texts.size).toBe(1);
  });

  test.each([
    '',
    'orderBy: [{ field: DISPLAY_NAME }]',
    'orderBy: [{ field: DISPLAY_NAME, direction: DESC }]',
    'orderBy: [{ field: UPDATED_AT }, { field: EMAIL, direction: DESC }]',
    'orderBy: [{ field: DEPARTMENT }]',
    'orderBy: [{ field: CREATED_AT, direction: DESC }], filter: { state: [ACTIVE] }',
  ])('goes on from a cursor in both directions: %s', async order => {
    const page = `edges { cursor node { id } } totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
    const query = (sizes: string) => `query ($at: String) { tenant {
      members(${sizes} ${order}) { ${page} }
    } }`;
    for (const sizes of ['first: 3, after: $at', 'last: 3, before: $at']) {
      let at: string | null = null;
      for (let step = 0; step < 12; step++) {
        const answer = await ask(planned, query(sizes), { at });
        expect(answer).toEqual(await ask(executed, query(sizes), { at }));
        expect(answer.text).not.toContain('errors');
        const { pageInfo } = JSON.parse(answer.text).data.tenant.members;
        at = sizes.startsWith('first') ? pageInfo.endCursor : pageInfo.startCursor;
      }
    }
  });

  test('tells nothing of another tenant, nor to who may read a part only', async () => {
    const query = `{ member(id: "${memberIds[0]}") { id } tenant { id } }`;
    const theirs = await executed.stranger.at(planned).graphql(query);
    expect(theirs.data).toEqual({ member: null, tenant: { id: executed.stranger.tenantId } });
    const nobody = await executed.signIn(executed.tenant, executed.member.id, []);
    const statements = await planned.statementsOf(async () => {
      const { data } = await nobody.at(planned).graphql(query);
      expect(data?.['member']).toBeNull();
    });
    expect(statements.filter(isPlan)).toEqual([]);
  });

  test('is paid for: with the budget it ends, and says until when', async () => {
    const query = '{ viewer { rateLimit { remaining } } }';
    const left = async () =>
      (await executed.admin.at(planned).ask(query))['viewer'].rateLimit.remaining as number;
    const before = await left();
    await executed.admin.at(planned).ask('{ tenant { members(first: 500) { nodes { id } } } }');
    expect(before - (await left())).toBeGreaterThan(5);
  });
});

test('what is left to execution is named: a new field is planned or stands here', () => {
  const left = Object.entries(NOUN_OF).flatMap(([name, noun]) => {
    const { properties, relations } = NOUNS[noun];
    const known = { ...properties, ...relations, ...LISTS[noun] };
    const type = directorySchema().getType(name) as GraphQLObjectType;
    return Object.keys(type.getFields())
      .filter(field => !Object.hasOwn(known, field))
      .map(field => `${name}.${field}`);
  });
  expect(left).toEqual(EXECUTED);
});

test('fragments that spread to very many fields are left to execution, and its limits', async () => {
  const levels = Array.from(
    { length: 8 },
    (_, at) => `fragment F${at} on Member {
      a: manager { ...F${at + 1} } b: manager { ...F${at + 1} } c: manager { ...F${at + 1} }
    }`,
  );
  const query = `{ member(id: "${memberIds[0]}") { ...F0 } }
    ${levels.join('\n')} fragment F8 on Member { id }`;
  const statements = await planned.statementsOf(async () => {
    expect((await ask(planned, query)).text).toEqual((await ask(executed, query)).text);
  });
  expect(statements.filter(isPlan)).toEqual([]);
});

test('texts that callers compose take a part of the prepared statements of a connection', async () => {
  const narrow = await openHouse({
    beside: executed,
    plans: 'on',
    environment: {
      DATABASE_POOL_MAX: '2',
      RATE_LIMIT_PER_SECOND: '5000',
      RATE_LIMIT_BURST: '5000',
    },
  });
  const texts = Array.from({ length: 220 }, (_, at) => `{ tenant { a${at}: name } }`);
  for (let round = 0; round < 5; round++) for (const text of texts) await ask(narrow, text);
  const clients = [await narrow.database.pool.connect(), await narrow.database.pool.connect()];
  const counts: number[] = [];
  for (const client of clients) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*) from pg_prepared_statements where statement like '%/* composed */%'
         and statement not like '%pg_prepared_statements%'`,
    );
    counts.push(rows[0]?.count ?? 0);
    client.release();
  }
  expect(Math.max(...counts)).toBe(200);
  await narrow.close({ owed: 'anything' });
});

const EXECUTED = [
  'Tenant.parent',
  'Tenant.children',
  'Tenant.attention',
  'Tenant.auditLog',
  'Tenant.defaultRole',
  'Tenant.joinableTeams',
  'Tenant.tokens',
  'Member.attributes',
  'Member.editableFields',
  'Member.roleLock',
  'Member.roleExplanation',
  'Member.links',
  'Member.history',
  'Member.onboarding',
  'IdentityProvider.features',
  'IdentityProvider.extensionAttributes',
  'IdentityProvider.signIn',
  'IdentityProvider.scimUrl',
  'IdentityProvider.credentials',
  'IdentityProvider.health',
  'IdentityProvider.requests',
  'IdentityProvider.conflicts',
];

/** Numbers that begin where they began before: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('random queries', () => {
  const schema = directorySchema();
  const random = randomFrom(Number(process.env['CHANCE'] ?? 20_261_121));
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const chance = (share: number): boolean => random() < share;

  /** Fields of a type that a plan knows, and now and then any other that asks for nothing. */
  function fieldsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
    const noun = NOUN_OF[type.name];
    const fields = Object.values(type.getFields());
    if (noun === undefined || chance(0.03))
      return fields.filter(({ args }) => args.every(({ type: of }) => !String(of).endsWith('!')));
    const { properties, relations } = NOUNS[noun];
    const known = { ...properties, ...relations, ...LISTS[noun] };
    return fields.filter(({ name }) => Object.hasOwn(known, name));
  }

  const ARGUMENTS: Record<string, readonly string[]> = {
    'Tenant.members': [
      'filter: { state: [ACTIVE, DELETED] }',
      'filter: { not: { displayName: null, email: { eq: "x" } } }',
      'filter: { or: [{ department: { eq: "\\"" } }, { title: { ne: "x" } }], roleLocked: false }',
      'orderBy: [{ field: DISPLAY_NAME }]',
      'orderBy: [{ field: EMAIL, direction: DESC }]',
      'orderBy: [{ field: DEPARTMENT }, { field: UPDATED_AT, direction: DESC }]',
      'orderBy: [{ field: ROLE }]',
    ],
    'Tenant.teams': [
      'filter: { managed: false }',
      'filter: { name: { in: ["empty", "LARGE"] } }',
      'orderBy: [{ field: NAME, direction: DESC }]',
      'orderBy: [{ field: MEMBER_COUNT, direction: DESC }]',
    ],
    'Member.teams': ['filter: { origin: [MANUAL] }'],
    'Team.members': ['filter: { state: [ACTIVE] }', 'filter: { managed: false }'],
  };

  function argumentsOf(type: GraphQLObjectType, { name, args }: GraphQLField<unknown, unknown>) {
    const given: string[] = [];
    if (args.some(argument => argument.name === 'first')) {
      const isLast = args.some(argument => argument.name === 'last') && chance(0.25);
      given.push(`${isLast ? 'last' : 'first'}: ${pick([0, 1, 2, 3, 7, 10, 30])}`);
    }
    const more = ARGUMENTS[`${type.name}.${name}`];
    if (more && chance(0.5)) given.push(pick(more).replace('displayName: null, ', ''));
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  function selection(type: GraphQLObjectType, depth: number): string {
    const fields = fieldsOf(type).filter(
      field => depth > 0 || !isObjectType(getNamedType(field.type)),
    );
    const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, at) => {
      const field = pick(fields);
      if (!field || chance(0.05)) return '__typename';
      const below = getNamedType(field.type);
      const alias = chance(0.2) || argumentsOf(type, field) ? `a${at}${field.name}: ` : '';
      const call = `${alias}${field.name}${argumentsOf(type, field)}`;
      const text = isObjectType(below)
        ? `${call} { ${selection(below, depth - 1)} }`
        : isInterfaceType(below) || getNamedType(field.type).name === 'Actor'
          ? '__typename'
          : call;
      if (chance(0.1)) return `... on ${type.name} { ${text} }`;
      return chance(0.05)
        ? `${text} @include(if: ${chance(0.5)})`.replace(/\} @include.*$/, '}')
        : text;
    });
    return parts.join(' ');
  }

  function query(): string {
    const root = pick(['tenant', 'tenant', 'member', 'team']);
    const argument =
      root === 'tenant' ? '' : `(id: "${pick(root === 'member' ? memberIds : teamIds)}")`;
    const type = schema.getType(
      { tenant: 'Tenant', member: 'Member', team: 'Team' }[root]!,
    ) as GraphQLObjectType;
    return `{ ${root}${argument} { ${selection(type, 7)} } }`;
  }

  test('have the same answer by plan and by execution, byte for byte', async () => {
    let plans = 0;
    for (let round = 0; round < 300; round++) {
      const text = query();
      let answer: Awaited<ReturnType<typeof ask>> | undefined;
      const statements = await compared.statementsOf(async () => {
        answer = await ask(compared, text);
      });
      expect(answer?.text, text).not.toContain('INTERNAL_SERVER_ERROR');
      expect(answer?.status).not.toBe(429); // what is refused is not compared
      if (statements.some(isPlan)) plans++;
    }
    expect(plans).toBeGreaterThan(150);
  });
});
