import {
  buildSchema,
  getNullableType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaText } from '../../src/graphql/index.ts';
import { type House, openHouse, type Person } from '../support/people.ts';

let house: House;
/** The same things in the stranger's tenant, by what they are; and ids that nobody has. */
let theirs: Record<Kind, string>;
let ours: Record<Kind, string>;
const nobodys = Object.fromEntries(
  (
    [
      'member',
      'team',
      'role',
      'mapping',
      'provider',
      'credential',
      'token',
      'tenant',
      'entry',
    ] as const
  ).map((kind, index) => [kind, `0199aaaa-0000-7000-8000-00000000000${index}`]),
) as Record<Kind, string>;
type Kind =
  'member' | 'team' | 'role' | 'mapping' | 'provider' | 'credential' | 'token' | 'tenant' | 'entry';

beforeAll(async () => {
  house = await openHouse();
  [theirs, ours] = [await furnish(house.stranger, 'Theirs'), await furnish(house.owner, 'Ours')];
});
afterAll(() => house.close({ owed: 'anything' }));

async function furnish(by: Person, name: string): Promise<Record<Kind, string>> {
  const { member } = await by.does(
    'memberInvite',
    { email: `${name}@example.com` },
    'member { id }',
  );
  const { team } = await by.does('teamCreate', { name }, 'team { id }');
  const { role } = await by.does(
    'roleCreate',
    { name, permissions: ['DIRECTORY_READ'] },
    'role { id }',
  );
  const { mappings } = await by.does(
    'roleMappingsSet',
    { mappings: [{ teamId: team.id, roleId: role.id }] },
    'mappings { id }',
  );
  const { identityProvider } = await by.does(
    'identityProviderCreate',
    { name, kind: 'SCIM' },
    'identityProvider { id credentials { id } }',
  );
  const { token } = await by.does(
    'tokenCreate',
    { name, kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
    'token { id }',
  );
  const { tenant } = await by.ask('{ tenant { id auditLog(first: 1) { nodes { id } } } }');
  return {
    member: member.id,
    team: team.id,
    role: role.id,
    mapping: mappings[0].id,
    provider: identityProvider.id,
    credential: identityProvider.credentials[0].id,
    token: token.id,
    tenant: tenant.id,
    entry: tenant.auditLog.nodes[0].id,
  };
}

/**
 * Every place of every mutation where an id goes: `at(kind)` is the id in question, everything
 * beside it is ours.
 */
const places: [
  mutation: string,
  place: string,
  input: (at: Record<Kind, string>) => Record<string, unknown>,
][] = [
  ['memberInvite', 'tenantId', at => ({ tenantId: at.tenant, email: 'probe@example.com' })],
  [
    'memberInvite',
    'teamIds',
    at => ({ email: 'probe@example.com', teamIds: [ours.team, at.team] }),
  ],
  ['memberInvite', 'roleId', at => ({ email: 'probe@example.com', roleId: at.role })],
  ['memberUpdate', 'id', at => ({ id: at.member, givenName: 'Probe' })],
  ['memberDisable', 'id', at => ({ id: at.member })],
  ['memberEnable', 'id', at => ({ id: at.member })],
  ['memberDelete', 'id', at => ({ id: at.member })],
  ['memberRestore', 'id', at => ({ id: at.member })],
  ['memberSetRole', 'id', at => ({ id: at.member, roleId: ours.role })],
  ['memberSetRole', 'roleId', at => ({ id: ours.member, roleId: at.role })],
  ['memberLockRole', 'id', at => ({ id: at.member })],
  ['memberLockRole', 'roleId', at => ({ id: ours.member, roleId: at.role })],
  ['memberUnlockRole', 'id', at => ({ id: at.member })],
  ['membersSendActivation', 'ids', at => ({ ids: [ours.member, at.member] })],
  [
    'memberSetLink',
    'memberId',
    at => ({ memberId: at.member, identityProviderId: ours.provider, externalId: 'x' }),
  ],
  [
    'memberSetLink',
    'identityProviderId',
    at => ({ memberId: ours.member, identityProviderId: at.provider, externalId: 'x' }),
  ],
  ['teamCreate', 'tenantId', at => ({ tenantId: at.tenant, name: 'Probe' })],
  ['teamCreate', 'memberIds', at => ({ name: 'Probe', memberIds: [ours.member, at.member] })],
  ['teamUpdate', 'id', at => ({ id: at.team, name: 'Probe' })],
  ['teamDelete', 'id', at => ({ id: at.team })],
  ['teamAddMembers', 'id', at => ({ id: at.team, memberIds: [ours.member] })],
  ['teamAddMembers', 'memberIds', at => ({ id: ours.team, memberIds: [at.member] })],
  ['teamRemoveMembers', 'id', at => ({ id: at.team, memberIds: [ours.member] })],
  ['teamRemoveMembers', 'memberIds', at => ({ id: ours.team, memberIds: [at.member] })],
  ['roleMappingsSet', 'tenantId', at => ({ tenantId: at.tenant, mappings: [] })],
  ['roleMappingsSet', 'teamId', at => ({ mappings: [{ teamId: at.team, roleId: ours.role }] })],
  ['roleMappingsSet', 'roleId', at => ({ mappings: [{ teamId: ours.team, roleId: at.role }] })],
  ['tenantSetDefaultRole', 'tenantId', at => ({ tenantId: at.tenant, roleId: ours.role })],
  ['tenantSetDefaultRole', 'roleId', at => ({ roleId: at.role })],
  [
    'roleCreate',
    'tenantId',
    at => ({ tenantId: at.tenant, name: 'Probe', permissions: ['DIRECTORY_READ'] }),
  ],
  ['roleUpdate', 'id', at => ({ id: at.role, name: 'Probe' })],
  ['roleDelete', 'id', at => ({ id: at.role })],
  ['roleDelete', 'replacementId', at => ({ id: ours.role, replacementId: at.role })],
  [
    'tokenCreate',
    'tenantId',
    at => ({
      tenantId: at.tenant,
      name: 'Probe',
      kind: 'SERVICE',
      permissions: ['DIRECTORY_READ'],
    }),
  ],
  ['tokenRevoke', 'id', at => ({ id: at.token })],
  ['tenantCreate', 'parentId', at => ({ parentId: at.tenant, name: 'Probe' })],
  [
    'identityProviderCreate',
    'tenantId',
    at => ({ tenantId: at.tenant, name: 'Probe', kind: 'SCIM' }),
  ],
  ['identityProviderUpdate', 'id', at => ({ id: at.provider, name: 'Probe' })],
  ['identityProviderRotateCredential', 'id', at => ({ id: at.provider })],
  ['identityProviderReplaceCredential', 'id', at => ({ id: at.provider })],
  ['identityProviderDelete', 'id', at => ({ id: at.provider, name: 'Probe' })],
  ['teamRestore', 'id', at => ({ id: at.team })],
  ['tenantUpdate', 'tenantId', at => ({ tenantId: at.tenant, name: 'Probe' })],
  ['conflictResolve', 'ids', at => ({ ids: [at.entry], choice: 'REJECT' })],
];

const mutations = Object.values(buildSchema(schemaText()).getMutationType()!.getFields());

/**
 * Everything else that can be asked of a child tenant by naming it: the tenant is a stranger's, all
 * beside it is ours.
 */
const inTenants: typeof places = mutations
  .filter(({ args }) => [...idsIn(args[0]!.type)].includes('tenantId'))
  .filter(
    ({ name }) => !places.some(([mutation, place]) => mutation === name && place === 'tenantId'),
  )
  .map(({ name }) => {
    const input = places.find(([mutation]) => mutation === name)![2];
    return [name, 'tenantId', at => ({ ...input(ours), tenantId: at.tenant })];
  });

describe("another tenant's id is answered like one that nobody has", () => {
  const answered = async (
    mutation: string,
    input: Record<string, unknown>,
    ids: Record<Kind, string>,
  ) =>
    JSON.stringify((await house.owner.does(mutation, input, '')).userErrors).replaceAll(
      new RegExp(Object.values(ids).join('|'), 'g'),
      '<id>',
    );

  test.each([...places, ...inTenants])('%s, %s', async (mutation, place, input) => {
    const refused = await answered(mutation, input(theirs), theirs);
    expect(refused).toBe(await answered(mutation, input(nobodys), nobodys));
    if (mutation === 'teamRemoveMembers' && place === 'memberIds')
      expect(refused).toBe('[]'); // who is not in a team is not in it afterwards
    else {
      expect(refused).toContain('NOT_FOUND');
      expect(
        (JSON.parse(refused) as { field: string[] }[])[0]?.field,
        'the path into the input',
      ).toContain(place);
    }
  });

  test("every id of every mutation's input is in the list", () => {
    const slots = mutations.flatMap(({ name, args }) =>
      [...idsIn(args[0]!.type)].map(field => `${name} ${field}`),
    );
    const listed = new Set([
      ...[...places, ...inTenants].map(([mutation, place]) => `${mutation} ${place}`),
      'conflictResolve candidateId',
    ]);
    expect(slots.filter(slot => !listed.has(slot))).toEqual([]);
  });

  test.each<[string, string]>([
    ['node', 'query ($member: ID!) { node(id: $member) { __typename id } }'],
    [
      'nodes',
      'query ($member: ID!, $team: ID!, $role: ID!, $mapping: ID!, $provider: ID!, $credential: ID!, $token: ID!, $tenant: ID!, $entry: ID!) { nodes(ids: [$member, $team, $role, $mapping, $provider, $credential, $token, $tenant, $entry]) { __typename id } }',
    ],
    ['tenant', 'query ($tenant: ID!) { tenant(id: $tenant) { name } }'],
    ['member', 'query ($member: ID!) { member(id: $member) { userName } }'],
    ['team', 'query ($team: ID!) { team(id: $team) { name } }'],
    ['identityProvider', 'query ($provider: ID!) { identityProvider(id: $provider) { name } }'],
    [
      'joinableTeams',
      'query ($member: ID!) { tenant { joinableTeams(memberId: $member) { totalCount } } }',
    ],
    [
      'filters of members',
      'query ($team: ID!, $role: ID!, $provider: ID!) { tenant { a: members(filter: { teamId: [$team] }) { totalCount } b: members(filter: { roleId: [$role] }) { totalCount } c: members(filter: { identityProviderId: [$provider] }) { totalCount } } }',
    ],
    [
      'filters of the log',
      'query ($member: ID!, $provider: ID!) { tenant { a: auditLog(filter: { subjectId: [$member] }) { totalCount } b: auditLog(filter: { actorId: [$member] }) { totalCount } c: auditLog(filter: { identityProviderId: [$provider] }) { totalCount } } }',
    ],
    [
      'the report',
      'query ($member: String!) { provisioningReport(filter: { endUser: $member, timespan: {} }) { totalCount } }',
    ],
    [
      'whatIf',
      'query ($member: ID!, $team: ID!) { whatIf(input: { memberTeams: { memberId: $member, teamIds: [$team] } }) { digest } }',
    ],
    [
      'whatIf of a role',
      'query ($role: ID!) { whatIf(input: { defaultRoleId: $role }) { digest } }',
    ],
  ])('reading: %s', async (_, query) => {
    const strange = await house.owner.graphql(query, variablesIn(query, theirs));
    const random = await house.owner.graphql(query, variablesIn(query, nobodys));
    const plain = (answer: typeof strange, ids: Record<Kind, string>) =>
      JSON.stringify([answer.status, answer.data, answer.errors]).replaceAll(
        new RegExp(Object.values(ids).join('|'), 'g'),
        '<id>',
      );
    expect(plain(strange, theirs)).toBe(plain(random, nobodys));
    expect(JSON.stringify(strange.data)).not.toMatch(/Theirs|Elsewhere/);
  });

  test('what is no id at all breaks nothing', async () => {
    const answer = await house.owner.graphql(
      '{ node(id: "x") { id } member(id: "\'") { id } team(id: "") { id } tenant(id: "1") { name } identityProvider(id: "null") { id } nodes(ids: ["a", "b"]) { id } }',
    );
    expect(answer).toMatchObject({
      status: 200,
      errors: undefined,
      data: {
        node: null,
        member: null,
        team: null,
        tenant: null,
        identityProvider: null,
        nodes: [null, null],
      },
    });
  });

  test('everything of theirs is as it was', async () => {
    const { tenant } = await house.stranger.ask(
      '{ tenant { members { totalCount } teams { nodes { name } } roles { name } identityProviders { nodes { name } } tokens { name revokedAt } } }',
    );
    expect(tenant).toMatchObject({
      members: { totalCount: 2 },
      teams: { nodes: [{ name: 'Theirs' }] },
      identityProviders: { nodes: [{ name: 'Theirs' }] },
    });
    expect(tenant.tokens.every((token: { revokedAt: unknown }) => token.revokedAt === null)).toBe(
      true,
    );
  });
});

function* idsIn(type: GraphQLInputType, name = ''): Generator<string> {
  const plain = getNullableType(type);
  if (isListType(plain)) yield* idsIn(plain.ofType as GraphQLInputType, name);
  else if (isInputObjectType(plain))
    for (const field of Object.values(plain.getFields())) yield* idsIn(field.type, field.name);
  else if (plain.name === 'ID') yield name;
}

function variablesIn(query: string, ids: Record<Kind, string>): Record<string, unknown> {
  return Object.fromEntries(
    [...query.matchAll(/\$(\w+): (?:ID|String)!/g)].map(([, name]) => [name, ids[name as Kind]]),
  );
}

describe("a parent's administrator", () => {
  test('acts in a child by naming it, and in no other way', async () => {
    const { tenant: child } = await house.owner.does(
      'tenantCreate',
      { name: 'Northwind Labs' },
      'tenant { id name parent { id } roles { name } members { totalCount } defaultRole { name } }',
    );
    expect(child).toMatchObject({
      name: 'Northwind Labs',
      parent: { id: house.tenant.tenantId },
      members: { totalCount: 0 },
      defaultRole: { name: 'Member' },
    });
    const invited = await house.owner.does(
      'memberInvite',
      { tenantId: child.id, email: 'lab@northwind.example' },
      'member { id tenant { name } role { name } }',
    );
    expect(invited).toMatchObject({
      userErrors: [],
      member: { tenant: { name: 'Northwind Labs' }, role: { name: 'Member' } },
    });
    expect(
      await house.owner.ask('query ($id: ID!) { member(id: $id) { id } }', {
        id: invited['member'].id,
      }),
    ).toEqual({ member: null });
    expect(
      await house.owner.ask(
        'query ($id: ID!) { tenant(id: $id) { members { nodes { userName tenant { id } } } auditLog { nodes { action actor { ... on Member { id } } } } } }',
        { id: child.id },
      ),
    ).toMatchObject({ tenant: { members: { nodes: [{ userName: 'lab@northwind.example' }] } } });
    expect(
      (
        await house.owner.ask(
          '{ viewer { tenants { nodes { name } } } tenant { children { nodes { name } } } }',
        )
      )['tenant'].children.nodes,
    ).toEqual([{ name: 'Northwind Labs' }]);
    const { secret } = await house.owner.does(
      'tokenCreate',
      { tenantId: child.id, name: 'labs', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
      'secret token { lastFour }',
    );
    const asChild = await fetch(`${house.origin}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'authorization': `Bearer ${secret as string}`,
      },
      body: '{"query":"{ tenant { name parent { name } members { totalCount } } }"}',
    });
    expect(await asChild.json()).toEqual({
      data: {
        tenant: {
          name: 'Northwind Labs',
          parent: { name: 'Northwind' },
          members: { totalCount: 1 },
        },
      },
    });
    const upwards = await fetch(`${house.origin}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'authorization': `Bearer ${secret as string}`,
      },
      body: '{"query":"{ tenant { parent { members { totalCount } } } }"}',
    });
    expect(await upwards.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    expect(
      await house.admin.does(
        'memberInvite',
        { tenantId: child.id, email: 'no@northwind.example' },
        'member { id }',
      ),
    ).toMatchObject({ member: null, userErrors: [{ code: 'NOT_FOUND', field: ['tenantId'] }] });
    expect(
      await house.stranger.ask('query ($id: ID!) { tenant(id: $id) { name } }', { id: child.id }),
    ).toEqual({ tenant: null });
  });
});

describe('two server processes', () => {
  test('what one revokes or disables, the other refuses on the next request', async () => {
    const other = await openHouse({ beside: house });
    try {
      const person = (await house.person()).at(other);
      expect((await person.graphql('{ viewer { permissions } }')).status).toBe(200);
      await house.owner.does('tokenRevoke', { id: person.tokenId }, 'token { id }');
      expect((await person.graphql('{ viewer { permissions } }')).status).toBe(401);

      const second = (await house.person()).at(other);
      expect((await second.graphql('{ viewer { permissions } }')).status).toBe(200);
      await house.owner.does('memberDisable', { id: second.id }, 'member { id }');
      expect((await second.graphql('{ viewer { permissions } }')).status).toBe(401);

      const third = (await house.person({ role: 'admin' })).at(other);
      const member = (await house.owner.ask('{ tenant { roles { id name } } }'))[
        'tenant'
      ].roles.find((role: { name: string }) => role.name === 'Member');
      await house.owner.does('memberSetRole', { id: third.id, roleId: member.id }, 'member { id }');
      expect((await third.ask('{ viewer { permissions } }'))['viewer'].permissions).toEqual([
        'DIRECTORY_READ',
      ]);
    } finally {
      await other.close({ owed: 'anything' });
    }
  });
});
