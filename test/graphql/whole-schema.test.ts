import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers, addMemberships, addTeams } from '../support/crowd.ts';
import type { Person, Wire } from '../support/person.ts';
import { everythingOf, nodeFields, selection } from './whole-schema.ts';
import { openWorld, type World } from './world.ts';
import { caseFold, fold } from '../../src/text/index.ts';

let world: World;
let schema: GraphQLSchema;
beforeAll(async () => {
  world = await openWorld();
  schema = buildClientSchema((await world.owner.graphql(getIntrospectionQuery())).data as never);
});
afterAll(() => world.house.close({ owed: 'anything' }));

/** What hangs on these is an answer of its own. */
const DEEP = new Set(['roleExplanation', 'attributes', 'history', 'requests']);

/** Asks for every field of every kind of object, all objects at once, and gives what was wrong. */
async function faultsFor(who: Person, ids: string[], expected: RegExp): Promise<string[]> {
  const faults: string[] = [];
  for (const [type, field] of nodeFields(schema)) {
    const depth = DEEP.has(field.name) ? 3 : 2;
    const { errors = [] } = await who.graphql(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${everythingOf(field, depth)} } } }`,
      { ids },
    );
    faults.push(
      ...errors
        .filter(({ extensions }) => !expected.test(extensions.code))
        .map(
          ({ path, message }) => `${type}.${field.name} ${path?.slice(2).join('.')}: ${message}`,
        ),
    );
  }
  return faults;
}

describe('every field of everything answers', () => {
  test('whoever may read finds nothing broken, in whatever state a thing is', async () => {
    const { nodes } = await world.owner.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }',
      { ids: Object.values(world.ids) },
    );
    const found = Object.keys(world.ids).filter((_, at) => nodes[at] === null);
    expect(found).toEqual(['deletedTeam', 'leaver']);
    expect(new Set(nodes.flatMap((node: Wire) => node?.__typename ?? [])).size).toBe(12);
    expect(await faultsFor(world.owner, Object.values(world.ids), /^$/)).toEqual([]);
  });

  test('the roots', async () => {
    for (const question of [
      `viewer ${selection(schema.getType('Viewer')!, 2)}`,
      `tenant { attention ${selection(schema.getType('AttentionItem')!, 2)} }`,
      `provisioningReport(filter: { timespan: {} }) ${selection(schema.getType('ProvisioningReportConnection')!, 3)}`,
      `whatIf(input: { provisioningState: { identityProviderId: "${world.on.id}", state: OFF } }) ${selection(schema.getType('ChangePlan')!, 3)}`,
    ])
      expect((await world.owner.graphql(`{ ${question} }`)).errors, question).toBeUndefined();
  });

  test('whoever may not is told so, and nothing breaks', async () => {
    const { house, ids } = world;
    await world.owner.does('teamAddMembers', { id: ids['team'], memberIds: [house.member.id] });
    for (const permissions of [['SCIM_INTEGRATE'], ['AUDIT_READ', 'PROVISIONING_ADMIN']] as const) {
      const modest = await house.signIn(
        house.tenant,
        permissions[0] === 'SCIM_INTEGRATE' ? house.member.id : house.owner.id,
        permissions,
      );
      expect(
        await faultsFor(modest, [...Object.values(ids), modest.id, modest.tokenId], /^FORBIDDEN$/),
      ).toEqual([]);
    }
  });

  test("why one has one's role is for oneself to know, also which role it would have been", async () => {
    const { house } = world;
    const modest = await house.signIn(house.tenant, house.member.id, ['SCIM_INTEGRATE']);
    const { viewer, tenant } = await modest.ask(
      '{ viewer { member { role { name } roleExplanation { role { name } withoutLock { name } candidates { rule role { name } team { name } } } } } tenant { defaultRole { name } } }',
    );
    expect(viewer.member.roleExplanation).toMatchObject({
      role: { name: viewer.member.role.name },
      candidates: [
        { rule: 'MANUAL' },
        { rule: 'TEAM_MAPPING', role: { name: 'Member' }, team: { name: 'By hands' } },
        { rule: 'DEFAULT', role: tenant.defaultRole },
      ],
    });
  });
});

/** Names that a pattern, a comparison or a fold could trip over. */
const ODD = [
  '100%',
  'under_score',
  'back\\slash',
  'Ünïcödé',
  'STRASSE',
  'straße',
  'İstanbul',
  '田中',
  "o'neil",
  '"quoted"',
  'emoji😀',
  'a',
  'A b',
  'Σίσυφος',
];

describe('a list is', () => {
  let members: Wire[];
  let teams: Wire[];
  beforeAll(async () => {
    const { tenant } = world.house;
    const people = await addMembers(tenant, ODD.length, at => ({
      user_name: `${ODD[at]}@${at}.example`,
      email: `${ODD[at]}@X${at}.example`,
      display_name: ODD[at],
    }));
    const groups = await addTeams(tenant, ODD.length, at => ({ name: `${ODD[at]} team ${at}` }));
    await addMemberships(
      tenant,
      people.flatMap((member, at) => groups.slice(0, at % 4).map(team => [team, member] as const)),
    );
    const all = await world.owner.ask(`{ tenant {
      members(first: 500, filter: { state: [ACTIVE, INVITED, DISABLED, DELETED] }) { nodes { id
      userName email displayName state updatedAt provenance { origin managed } links {
      identityProvider { id } } role { id rank } roleLock { reason } teams { nodes { team { id } } }
      } }
      teams(first: 500) { nodes { id name members { totalCount } } } } }`);
    ({
      members: { nodes: members },
      teams: { nodes: teams },
    } = all['tenant']);
  });

  const found = async (filter: unknown) => {
    const { tenant } = await world.owner.ask(
      'query ($filter: MemberFilter) { tenant { members(first: 500, filter: $filter) { totalCount nodes { userName } } } }',
      { filter },
    );
    expect(tenant.members.totalCount).toBe(tenant.members.nodes.length);
    return tenant.members.nodes.map(({ userName }: { userName: string }) => userName).toSorted();
  };
  const expected = (filter: Wire) =>
    members
      .filter(
        member => (member.state !== 'DELETED' || asksForDeleted(filter)) && meets(filter, member),
      )
      .map(({ userName }) => userName as string)
      .toSorted();

  test('filtered as each filter says, by texts of every kind', async () => {
    for (const text of [...ODD, '%', '_', '\\', 'HAND', 'prova', '', 'x'.repeat(500)]) {
      for (const filter of [
        ...['eq', 'ne', 'contains', 'startsWith'].map(op => ({ userName: { [op]: text } })),
        { email: { contains: text } },
        { query: text },
      ]) {
        expect([filter, await found(filter)]).toEqual([filter, expected(filter)]);
      }
    }
  });

  test('filtered by everything else, turned over, nested, empty, null and unknown', async () => {
    const { ids } = world;
    const leaves = [
      ...['INVITED', 'ACTIVE', 'DISABLED', 'DELETED'].map(state => ({ state: [state] })),
      ...['MANUAL', 'SCIM', 'IMPORT', 'JIT'].map(origin => ({ origin: [origin] })),
      ...[
        ids['providerOn'],
        ids['providerOff'],
        ids['providerPaused'],
        'nonsense',
        ids['team'],
      ].map(id => ({ identityProviderId: [id] })),
      ...[ids['group'], ids['team'], ids['offGroup'], ids['deletedTeam'], ''].map(id => ({
        teamId: [id],
      })),
      ...[...new Set(members.map(({ role }) => role.id as string))].map(id => ({ roleId: [id] })),
      { roleLocked: true },
      { roleLocked: false },
      { roleLocked: null },
      { managed: true },
      { managed: false },
      { managed: null },
      { userName: { in: ['PROVA@ON.EXAMPLE', 'nobody', ''] } },
      { userName: { in: [] } },
      { userName: { eq: null } },
      { updatedAt: { gte: members[3].updatedAt } },
      { updatedAt: { lt: members[3].updatedAt } },
      { updatedAt: {} },
      { state: [] },
      { state: null },
      { and: [] },
      { or: [] },
      { not: {} },
      { and: null, or: null, not: null },
    ];
    const filters = [
      ...leaves,
      ...leaves.map(not => ({ not })),
      { or: [leaves[0], { and: [{ managed: true }, { not: { state: ['DISABLED'] } }] }] },
      {
        and: [
          { or: [{ query: 'hand' }, { managed: true }] },
          { not: { or: [{ roleLocked: true }, { state: ['INVITED'] }] } },
        ],
      },
    ];
    for (const filter of filters)
      expect([filter, await found(filter)]).toEqual([filter, expected(filter)]);
  });

  test.each([
    ['members', 'Member', ['DISPLAY_NAME', 'EMAIL', 'CREATED_AT', 'UPDATED_AT', 'ROLE']],
    ['teams', 'Team', ['NAME', 'CREATED_AT', 'MEMBER_COUNT']],
  ] as const)('paged to its end in every order, forth and back: %s', async (list, type, fields) => {
    const orders = [
      [],
      ...fields.flatMap(field => ['ASC', 'DESC'].map(direction => [{ field, direction }])),
      ...fields.map((field, at) => [
        { field, direction: 'ASC' },
        { field: fields[(at + 1) % fields.length], direction: 'DESC' },
      ]),
    ];
    for (const orderBy of orders) {
      const page = async (portion: Record<string, unknown>): Promise<Wire> =>
        (
          await world.owner.ask(
            `query ($orderBy: [${type}Order!], $first: Int, $after: String, $last: Int, $before: String) { tenant { ${list}(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
            { orderBy, ...portion },
          )
        )['tenant'][list];
      const whole = await page({ first: 500 });
      expect(whole.totalCount).toBe(whole.nodes.length);
      const forth: Wire[] = [];
      for (let after: string | null = null, more = true; more;) {
        const { nodes, pageInfo } = await page({ first: 9, after });
        forth.push(...nodes);
        ({ hasNextPage: more, endCursor: after } = pageInfo);
      }
      const back: Wire[] = [];
      for (let before: string | null = null, more = true; more;) {
        const { nodes, pageInfo } = await page({ last: 9, before });
        back.unshift(...nodes);
        ({ hasPreviousPage: more, startCursor: before } = pageInfo);
      }
      expect([orderBy, forth, back]).toEqual([orderBy, whole.nodes, whole.nodes]);
      const value = valueOf[orderBy.length === 1 ? (orderBy[0]!.field as string) : ''];
      if (value) {
        const values = whole.nodes.map(({ id }: Wire) =>
          value((list === 'members' ? members : teams).find(each => each.id === id)),
        );
        expect(values).toEqual(
          values.toSorted(
            (a: never, b: never) =>
              (a < b ? -1 : a > b ? 1 : 0) * (orderBy[0]!.direction === 'ASC' ? 1 : -1),
          ),
        );
      }
    }
  });

  test('walked through without missing anybody who stays, while others come and go', async () => {
    const { house } = world;
    const staying = await addMembers(house.tenant, 30, at => ({
      user_name: `stay${at}@walk.example`,
      email: `stay${at}@walk.example`,
      display_name: `${'mzaq'[at % 4]}${at}`,
    }));
    const met: string[] = [];
    for (let after: string | null = null, more = true, round = 0; more; round++) {
      const { tenant }: Wire = await world.owner.ask(
        'query ($after: String) { tenant { members(first: 4, after: $after, filter: { email: { contains: "@walk" } }, orderBy: [{ field: DISPLAY_NAME }]) { nodes { id } pageInfo { hasNextPage endCursor } } } }',
        { after },
      );
      met.push(...tenant.members.nodes.map(({ id }: Wire) => id));
      ({ hasNextPage: more, endCursor: after } = tenant.members.pageInfo);
      await addMembers(house.tenant, 2, at => ({
        user_name: `come${round}.${at}@walk.example`,
        email: `come${round}.${at}@walk.example`,
        display_name: at ? `a${round}` : `zz${round}`,
      }));
      const last = met.at(-1) as string;
      if (round < 6 && !staying.slice(0, 20).includes(last))
        await world.owner.does('memberDelete', { id: last });
      if (round > 40) throw new Error('The list has no end.');
    }
    expect(new Set(met).size).toBe(met.length);
    expect(staying.filter(id => !met.includes(id))).toEqual([]);
  });

  test('continued with its own cursors only', async () => {
    const { tenant } = await world.owner.ask(
      '{ tenant { teams(first: 1) { pageInfo { endCursor } } members(first: 1, orderBy: [{ field: EMAIL }]) { pageInfo { endCursor } } auditLog(first: 1) { pageInfo { endCursor } } } }',
    );
    const cursors = [
      tenant.teams.pageInfo.endCursor,
      tenant.members.pageInfo.endCursor,
      tenant.auditLog.pageInfo.endCursor,
      '',
      'garbage',
      '¿',
      Buffer.from('["id","__proto__"]').toString('base64url'),
    ];
    for (const [at, after] of cursors.entries()) {
      for (const [list, argument] of [
        ['members', 'after'],
        ['members', 'before'],
        ['teams', 'after'],
        ['auditLog', 'after'],
        ['children', 'after'],
        ['identityProviders', 'after'],
      ] as const) {
        if ((list === 'auditLog' && at === 2) || (list === 'teams' && at === 0)) continue;
        const { errors } = await world.owner.graphql(
          `query ($cursor: String) { tenant { ${list}(${argument}: $cursor) { nodes { id } } } }`,
          { cursor: after },
        );
        expect(errors?.[0]?.extensions, `${list} ${argument} ${after}`).toMatchObject({
          code: 'BAD_USER_INPUT',
          argument,
        });
      }
    }
    const turned = await world.owner.graphql(
      'query ($cursor: String) { tenant { members(after: $cursor, orderBy: [{ field: EMAIL, direction: DESC }]) { nodes { id } } } }',
      { cursor: tenant.members.pageInfo.endCursor },
    );
    expect(turned.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test.each([
    ['first: 0', null],
    ['last: 0', null],
    ['first: 500', null],
    ['first: null', null],
    ['first: null, last: null', null],
    ['first: 3, last: 2', null],
    ['first: -1', 'first'],
    ['last: -1', 'last'],
    ['first: 501', 'first'],
    ['last: 501', 'last'],
  ])('asked for with (%s)', async (portion, wrong) => {
    const { data, errors } = await world.owner.graphql(
      `{ tenant { members(${portion}) { nodes { id } totalCount } } }`,
    );
    if (wrong)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: wrong });
    else expect(data!['tenant'].members.nodes.length).toBeLessThanOrEqual(500);
  });
});

const valueOf: Record<string, (row: Wire) => unknown> = {
  ROLE: row => row.role.rank,
  UPDATED_AT: row => row.updatedAt,
  MEMBER_COUNT: row => row.members.totalCount,
};
const asksForDeleted = (filter: Wire): boolean =>
  (filter.state ?? []).includes('DELETED') ||
  [...(filter.and ?? []), ...(filter.or ?? [])].some(asksForDeleted);

/** What the filters promise, said a second time. */
function meets(filter: Wire, member: Wire): boolean {
  const text = (asked: Wire, held: string) =>
    Object.entries(asked).every(
      ([op, value]: [string, Wire]) =>
        value === null ||
        {
          eq: () => fold(held) === fold(value),
          ne: () => fold(held) !== fold(value),
          in: () => value.map(fold).includes(fold(held)),
          contains: () => fold(held).includes(caseFold(value)),
          startsWith: () => fold(held).startsWith(caseFold(value)),
        }[op]!(),
    );
  const said: Record<string, (value: Wire) => boolean> = {
    and: value => value.every((each: Wire) => meets(each, member)),
    or: value => value.some((each: Wire) => meets(each, member)),
    not: value => !meets(value, member),
    query: value =>
      value
        .split(/\s+/)
        .filter(Boolean)
        .every((word: string) =>
          [member.displayName, member.userName, member.email ?? ''].some(held =>
            fold(held).includes(caseFold(word)),
          ),
        ),
    email: value => member.email !== null && text(value, member.email),
    userName: value => text(value, member.userName),
    state: value => value.includes(member.state),
    origin: value => value.includes(member.provenance.origin),
    identityProviderId: value =>
      member.links.some((link: Wire) => value.includes(link.identityProvider.id)),
    roleId: value => value.includes(member.role.id),
    teamId: value => member.teams.nodes.some(({ team }: Wire) => value.includes(team.id)),
    roleLocked: value => value === (member.roleLock !== null),
    managed: value => value === member.provenance.managed,
    updatedAt: ({ gte, lt }) => (!gte || member.updatedAt >= gte) && (!lt || member.updatedAt < lt),
  };
  return Object.entries(filter).every(([name, value]) => value === null || said[name]!(value));
}
