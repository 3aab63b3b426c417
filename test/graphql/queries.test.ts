import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMembers, addMemberships, addTeams } from '../support/crowd.ts';
import { type House, openHouse, type Person } from '../support/people.ts';

let house: House;
let owner: Person;
let crew: string;

beforeAll(async () => {
  house = await openHouse();
  owner = house.owner;
  const people = ['Zoe', 'Yan', 'Xia'];
  const ids = await addMembers(house.tenant, people.length, at => ({
    user_name: `${people[at]}@Crew.example`,
    email: `${people[at]}@Crew.example`,
    display_name: people[at],
    state: ['ACTIVE', 'DISABLED', 'DELETED'][at],
    deleted_at: at === 2 ? '2031-05-01T00:00:00Z' : null,
  }));
  [crew] = (await addTeams(house.tenant, 1, () => ({ name: 'Crew' }))) as [string];
  await addMemberships(house.tenant, [
    [crew, ids[0]!],
    [crew, ids[1]!],
    [crew, owner.id],
  ]);
});
afterAll(() => house.close({ owed: 'anything' }));

const names = async (filter: string, more = ''): Promise<string[]> => {
  const { tenant } = await owner.ask(
    `{ tenant { members(first: 100, filter: { and: [{ userName: { contains: "@crew" } }, ${filter}] } ${more}) { nodes { displayName } } } }`,
  );
  return tenant.members.nodes.map(({ displayName }: { displayName: string }) => displayName);
};

describe('members are filtered', () => {
  test.each([
    ['{}', ['Zoe', 'Yan']],
    ['{ state: [DISABLED] }', ['Yan']],
    ['{ state: [DELETED] }', ['Xia']],
    ['{ or: [{ query: "zo" }, { query: "YAN" }] }', ['Zoe', 'Yan']],
    ['{ not: { query: "zoe" } }', ['Yan']],
    ['{ email: { startsWith: "ZOE@" } }', ['Zoe']],
    ['{ email: { in: ["zoe@crew.example", "nobody@crew.example"] } }', ['Zoe']],
    ['{ userName: { ne: "zoe@crew.example" } }', ['Yan']],
    ['{ managed: true }', []],
    ['{ roleLocked: false, origin: [MANUAL] }', ['Zoe', 'Yan']],
    ['{ identityProviderId: ["nonsense"] }', []],
    ['{ updatedAt: { lt: "2001-01-01T00:00:00Z" } }', []],
  ])('by %s', async (filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test('by team and by role', async () => {
    expect(await names(`{ teamId: ["${crew}"] }`)).toEqual(['Zoe', 'Yan']);
    const { tenant } = await owner.ask(
      '{ tenant { roles { id name rank memberCount permissions } } }',
    );
    expect(tenant.roles.map(({ rank }: { rank: number }) => rank)).toEqual(
      tenant.roles
        .map(({ rank }: { rank: number }) => rank)
        .toSorted((a: number, b: number) => a - b),
    );
    expect(await names(`{ roleId: ["${tenant.roles[0].id}"] }`)).toEqual([]);
  });
});

test('members are sorted, and paged backwards with `last`', async () => {
  expect(await names('{}', ', orderBy: [{ field: DISPLAY_NAME }]')).toEqual(['Yan', 'Zoe']);
  expect(
    await names('{}', ', orderBy: [{ field: ROLE }, { field: EMAIL, direction: DESC }]'),
  ).toEqual(['Zoe', 'Yan']);
  const { tenant } = await owner.ask(
    '{ tenant { members(last: 1, filter: { userName: { contains: "@crew" } }) { nodes { displayName } pageInfo { hasPreviousPage hasNextPage startCursor } } } }',
  );
  expect(tenant.members).toMatchObject({
    nodes: [{ displayName: 'Yan' }],
    pageInfo: { hasPreviousPage: true, hasNextPage: false },
  });
  const before = await owner.ask(
    'query ($before: String) { tenant { members(last: 1, before: $before, filter: { userName: { contains: "@crew" } }) { nodes { displayName } } } }',
    { before: tenant.members.pageInfo.startCursor },
  );
  expect(before['tenant'].members.nodes).toEqual([{ displayName: 'Zoe' }]);
});

test.each(['id', 'userName', 'email'])('a member is found by %s', async handle => {
  const { member: zoe } = await owner.ask(
    '{ member(userName: "ZOE@crew.example") { id userName email } }',
  );
  const { member } = await owner.ask(
    `query ($it: ${handle === 'id' ? 'ID' : handle === 'email' ? 'EmailAddress' : 'String'}) { member(${handle}: $it) { displayName state version teams { totalCount nodes { origin team { name } } } } }`,
    { it: zoe[handle] },
  );
  expect(member).toMatchObject({
    displayName: 'Zoe',
    state: 'ACTIVE',
    version: 'v1',
    teams: { totalCount: 1, nodes: [{ origin: 'MANUAL', team: { name: 'Crew' } }] },
  });
});

test('a deleted member is found by id only, and says until when it can be restored', async () => {
  const { tenant } = await owner.ask(
    '{ tenant { members(filter: { state: [DELETED] }) { nodes { id } } } }',
  );
  const { byId, byName } = await owner.ask(
    'query ($id: ID) { byId: member(id: $id) { state purgeAt } byName: member(userName: "xia@crew.example") { id } }',
    { id: tenant.members.nodes[0].id },
  );
  expect(byId).toEqual({ state: 'DELETED', purgeAt: '2031-05-31T00:00:00.000Z' });
  expect(byName).toBeNull();
});

test('a member named by two handles, or by none, is a mistake that is pointed at', async () => {
  const { errors } = await owner.graphql('{ member(id: "a", userName: "b") { id } }');
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'userName' });
  expect((await owner.graphql('{ member { id } }')).errors?.[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
  });
});

test('a team is found by name, whatever its case', async () => {
  const { team } = await owner.ask(
    '{ team(name: "cREW") { id mappedRole { id } members(filter: { state: [ACTIVE] }) { totalCount nodes { since member { displayName } } } } }',
  );
  expect(team).toMatchObject({ id: crew, mappedRole: null, members: { totalCount: 2 } });
});

test('the caller learns who they are, what they may do and what it costs', async () => {
  const { viewer } = await owner.ask(
    '{ viewer { member { id } permissions credential { kind lastFour expiresAt } tenants { totalCount nodes { name } } rateLimit { limit remaining cost } } }',
  );
  expect(viewer).toMatchObject({
    member: { id: owner.id },
    credential: { kind: 'PERSONAL' },
    tenants: { totalCount: 1, nodes: [{ name: 'Northwind' }] },
  });
  expect(viewer.permissions).toContain('DIRECTORY_READ');
  expect(viewer.rateLimit.cost).toBeGreaterThan(0);
});

describe("another tenant's id is answered like one that nobody has", () => {
  test.each([
    'node(id: $id) { id }',
    'tenant(id: $id) { id }',
    'member(id: $id) { id }',
    'team(id: $id) { id }',
    'identityProvider(id: $id) { id }',
  ])('%s', async question => {
    const query = `query ($id: ID!) { it: ${question} }`;
    const random = await owner.graphql(query, { id: randomUUID() });
    expect(random.data).toEqual({ it: null });
    for (const id of [house.stranger.id, house.stranger.tenantId, 'nonsense', ''])
      expect({ ...(await owner.graphql(query, { id })), headers: null }).toEqual({
        ...random,
        headers: null,
      });
  });
});

test('whoever may not read the directory reads itself, its teams and its role, and no list', async () => {
  const modest = await house.signIn(house.tenant, house.member.id, ['SCIM_INTEGRATE']);
  const { viewer, other } = await modest.ask(
    'query ($id: ID) { viewer { member { displayName role { name } teams { nodes { team { name } } } } } other: member(id: $id) { id } }',
    { id: owner.id },
  );
  expect(viewer.member).toMatchObject({
    displayName: 'Mia Member',
    role: { name: expect.any(String) },
    teams: { nodes: [] },
  });
  expect(other).toBeNull();
  const { errors } = await modest.graphql('{ tenant { members { nodes { id } } } }');
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

describe('with a provider', () => {
  let providerId: string;
  let teamId: string;
  let memberId: string;

  beforeAll(async () => {
    const made = await owner.does(
      'identityProviderCreate',
      { name: 'Entra', kind: 'ENTRA_ID' },
      'identityProvider { id }',
    );
    providerId = made['identityProvider'].id;
    [memberId] = (await addMembers(house.tenant, 1, () => ({
      user_name: 'pam@crew.example',
      email: null,
      display_name: 'Pam',
      origin: 'SCIM',
      origin_provider_id: providerId,
      provider_id: providerId,
      external_id: 'ext-pam',
      link_id: randomUUID(),
      title: 'Engineer',
      profile: { displayName: 'Pamela' },
    }))) as [string];
    [teamId] = (await addTeams(house.tenant, 1, () => ({
      name: 'Pushed',
      origin: 'SCIM',
      origin_provider_id: providerId,
      provider_id: providerId,
      link_id: randomUUID(),
    }))) as [string];
    await addMemberships(house.tenant, [[teamId, memberId]]);
  });

  test('provenance, link and drift are told, and nothing of a managed identity may be edited', async () => {
    const { member } = await owner.ask(
      `query ($id: ID) { member(id: $id) { email editableFields provenance { origin managed detached
        externalId identityProvider { name } }
      links { id externalId identityProvider { id } drift { name here there } } attributes(names:
      ["title", "displayName"]) { name value owner providerValue identityProvider { name } writtenBy
      { ... on SystemActor { name } } } } }`,
      { id: memberId },
    );
    expect(member).toMatchObject({
      email: null,
      editableFields: ['teams', 'roleLock'],
      provenance: {
        origin: 'SCIM',
        managed: true,
        detached: false,
        externalId: 'ext-pam',
        identityProvider: { name: 'Entra' },
      },
      links: [
        {
          externalId: 'ext-pam',
          identityProvider: { id: providerId },
          drift: [{ name: 'displayName', here: 'Pam', there: 'Pamela' }],
        },
      ],
      attributes: [
        { name: 'displayName', value: 'Pam', owner: 'SCIM', providerValue: 'Pamela' },
        { name: 'title', value: 'Engineer', owner: 'SCIM', providerValue: null },
      ],
    });
    const { node } = await owner.ask(
      'query ($id: ID!) { node(id: $id) { __typename ... on ProviderLink { externalId } } }',
      { id: member.links[0].id },
    );
    expect(node).toEqual({ __typename: 'ProviderLink', externalId: 'ext-pam' });
  });

  test('provisioned teams are not joinable, by hand and for an invitation', async () => {
    const joinable = async (args: string) =>
      (await owner.ask(`{ tenant { joinableTeams${args} { totalCount nodes { name } } } }`))[
        'tenant'
      ].joinableTeams.nodes.map(({ name }: { name: string }) => name);
    expect(await joinable('')).toEqual(['Crew']);
    expect(await joinable(`(memberId: "${memberId}")`)).toEqual(['Crew']);
    expect(await joinable(`(memberId: "${owner.id}")`)).toEqual([]);
    expect(await joinable('(query: "nothing")')).toEqual([]);
    expect(
      (await owner.graphql('{ tenant { joinableTeams(memberId: "nobody") { nodes { id } } } }'))
        .errors?.[0]?.extensions,
    ).toMatchObject({ code: 'NOT_FOUND', argument: 'memberId' });
  });

  test('its record says where it connects and how it fares', async () => {
    const { identityProvider } = await owner.ask(
      `query ($id: ID!) { identityProvider(id: $id) { name kind isActive provisioning scimUrl signIn
        { protocol } adoption features { acceptGroups invitations }
      credentials { lastFour retiring } health { status summary failures24h lastSeenAt } requests {
      totalCount } conflicts { totalCount nodes { id } } extensionAttributes { urn } } }`,
      { id: providerId },
    );
    expect(identityProvider).toMatchObject({
      name: 'Entra',
      kind: 'ENTRA_ID',
      provisioning: 'ON',
      signIn: null,
      adoption: 'ASK',
      health: { status: 'NEVER_CONNECTED', failures24h: 0 },
      requests: { totalCount: 0 },
      conflicts: { totalCount: 0, nodes: [] },
    });
    expect(identityProvider.scimUrl).toContain(`${house.origin}/scim/v2`);
    expect(identityProvider.credentials).toHaveLength(1);
  });

  test('what needs a person is listed: sign-in that is missing, and where to edit since somebody came', async () => {
    const { tenant } = await owner.ask(
      '{ tenant { attention { severity message subject { __typename id } suggestedMutation } } }',
    );
    expect(tenant.attention).toEqual([
      {
        severity: 'OK',
        message: expect.stringContaining('sign-in'),
        subject: { __typename: 'IdentityProvider', id: providerId },
        suggestedMutation: 'identityProviderUpdate',
      },
      {
        severity: 'OK',
        message: expect.stringContaining('edited there'),
        subject: { __typename: 'IdentityProvider', id: providerId },
        suggestedMutation: null,
      },
    ]);
  });

  test('switched off, everything of it is editable and its URL is gone', async () => {
    await owner.does('identityProviderUpdate', { id: providerId, provisioning: 'OFF' });
    const { member, identityProvider, tenant } = await owner.ask(
      'query ($id: ID, $provider: ID!) { member(id: $id) { editableFields provenance { managed origin } } identityProvider(id: $provider) { scimUrl } tenant { attention { message } teams(filter: { managed: true }) { nodes { name } } } }',
      { id: memberId, provider: providerId },
    );
    expect(member).toMatchObject({
      editableFields: expect.arrayContaining(['userName', 'email', 'state']),
      provenance: { managed: false, origin: 'SCIM' },
    });
    expect(identityProvider.scimUrl).toBeNull();
    expect(tenant).toMatchObject({ attention: [], teams: { nodes: [] } });
  });
});

test('why somebody has a role is explained, and what happened to them is listed', async () => {
  const { member: zoe } = await owner.ask('{ member(userName: "zoe@crew.example") { id } }');
  await owner.does('memberLockRole', { id: zoe.id, reason: 'Audit year' });
  const { member } = await owner.ask(
    'query ($id: ID) { member(id: $id) { roleLock { reason lockedAt role { name } lockedBy { ... on Member { id } } } roleExplanation { decidedBy summary candidates { rule won lostBecause } } history(first: 1) { totalCount nodes { action outcome subject { id } actor { __typename } changes { name before after } } } } }',
    { id: zoe.id },
  );
  expect(member).toMatchObject({
    roleLock: { reason: 'Audit year', lockedBy: { id: owner.id } },
    roleExplanation: {
      decidedBy: 'LOCK',
      candidates: [
        { rule: 'LOCK', won: true, lostBecause: null },
        { rule: 'DEFAULT', won: false, lostBecause: 'The role is locked.' },
      ],
    },
    history: {
      nodes: [
        {
          action: 'member.roleLocked',
          outcome: 'SUCCESS',
          subject: { id: zoe.id },
          actor: { __typename: 'Member' },
        },
      ],
    },
  });
});

test('the report has a page, a count and the entry behind each line', async () => {
  const { provisioningReport } = await owner.ask(
    '{ provisioningReport(filter: { timespan: {} }) { totalCount nodes { endUser application audit { id } } } }',
  );
  expect(provisioningReport).toEqual({ totalCount: 0, nodes: [] });
});

test('a page of more than 500 is refused, and so is a cursor that is none', async () => {
  for (const args of ['first: 501', 'first: 5, after: "nonsense"']) {
    const { errors } = await owner.graphql(`{ tenant { members(${args}) { nodes { id } } } }`);
    expect(errors?.[0]?.extensions.code, args).toBe('BAD_USER_INPUT');
  }
});
