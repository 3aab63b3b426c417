import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, find, logged, loggedBy, patch, scim } from './outside.ts';

/**
 * R1-R6 of the table, rules 12 to 17: which role, why, and what a lock and a disabled user keep.
 */
let house: House;
let entra: Provider;
const roles: Record<string, string> = {};
let count = 0;
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  for (const { id, name } of (await house.owner.ask('{ tenant { roles { id name } } }'))['tenant']
    .roles as Body[])
    roles[name] = id;
  for (const [name, rank] of [
    ['Seller', 20],
    ['Buyer', 30],
    ['Guest', 90],
  ] as const)
    roles[name] = (
      await house.owner.does(
        'roleCreate',
        { name, rank, permissions: ['DIRECTORY_READ'] },
        'role { id }',
      )
    )['role'].id;
});
afterAll(() => house.close({ owed: 'anything' }));

const user = (facts: Record<string, unknown> = {}) =>
  entra.user(`u${++count}@contoso.com`, { displayName: `U${count}`, ...facts });
const group = (members: string[] = []) => entra.group(`G${++count}`, members);
const map = async (...pairs: [team: string | { pushed: string }, role: string][]) => {
  const mappings = pairs.map(([from, role]) => ({
    ...(typeof from === 'string' ? { teamId: from } : { pushedRole: from.pushed }),
    roleId: roles[role],
  }));
  const { userErrors } = await house.owner.does('roleMappingsSet', { mappings });
  expect(userErrors).toEqual([]);
};
const explained = async (id: string) =>
  (
    await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { role { name } roleLock { reason } roleExplanation { role { name } decidedBy withoutLock { name } summary candidates { rule role { name } team { name } won lostBecause } } } }',
      { id },
    )
  )['member'] as Body;
const roleOf = async (id: string) => (await explained(id)).role.name as string;
const add = (groupId: string, ...ids: string[]) =>
  patch(entra, `/Groups/${groupId}`, {
    op: 'add',
    path: 'members',
    value: ids.map(value => ({ value })),
  });
const remove = (groupId: string, ...ids: string[]) =>
  patch(entra, `/Groups/${groupId}`, {
    op: 'remove',
    path: 'members',
    value: ids.map(value => ({ value })),
  });

describe('R1: the default role', () => {
  test('is given to who comes without a mapped team, and follows at once when another is chosen', async () => {
    await map();
    const id = await user();
    const { tenant } = await house.owner.ask('{ tenant { defaultRole { name } } }');
    expect(await explained(id)).toMatchObject({
      role: tenant.defaultRole,
      roleExplanation: {
        decidedBy: 'DEFAULT',
        role: tenant.defaultRole,
        withoutLock: tenant.defaultRole,
      },
    });
    const entries = await loggedBy(house.owner, () =>
      house.owner.does('tenantSetDefaultRole', { roleId: roles['Guest'] }),
    );
    expect(entries).toContain(`member.roleChanged U${count}`);
    expect(await roleOf(id)).toBe('Guest');
    await house.owner.does('tenantSetDefaultRole', { roleId: roles[tenant.defaultRole.name] });
    expect(await roleOf(id)).toBe(tenant.defaultRole.name);
  });
});

describe('R2: group to role', () => {
  test('the best position wins among the teams one is in; leaving the last gives the default', async () => {
    const id = await user();
    const [first, second] = [await group(), await group()];
    await map([first, 'Seller'], [second, 'Buyer']);
    await add(second, id);
    expect(await roleOf(id)).toBe('Buyer');
    await add(first, id);
    expect(await explained(id)).toMatchObject({
      role: { name: 'Seller' },
      roleExplanation: {
        decidedBy: 'TEAM_MAPPING',
        candidates: expect.arrayContaining([
          {
            rule: 'TEAM_MAPPING',
            role: { name: 'Seller' },
            team: expect.anything(),
            won: true,
            lostBecause: null,
          },
          {
            rule: 'TEAM_MAPPING',
            role: { name: 'Buyer' },
            team: expect.anything(),
            won: false,
            lostBecause: expect.any(String),
          },
          {
            rule: 'DEFAULT',
            role: expect.anything(),
            team: null,
            won: false,
            lostBecause: expect.any(String),
          },
        ]),
      },
    });
    await map([second, 'Buyer'], [first, 'Seller']);
    expect(await roleOf(id)).toBe('Buyer');
    await remove(second, id);
    expect(await roleOf(id)).toBe('Seller');
    await remove(first, id);
    expect((await explained(id)).roleExplanation.decidedBy).toBe('DEFAULT');
  });

  test.each<[string, (groupId: string, id: string) => Promise<unknown>]>([
    ['the group is deleted', groupId => scim(entra, 'DELETE', `/Groups/${groupId}`)],
    ['the mapping goes', () => map()],
    [
      'the group is emptied',
      groupId => patch(entra, `/Groups/${groupId}`, { op: 'replace', path: 'members', value: [] }),
    ],
    [
      'a PUT leaves the member out',
      groupId =>
        scim(entra, 'PUT', `/Groups/${groupId}`, { displayName: `G${++count}`, members: [] }),
    ],
  ])('the default is back at once when %s', async (_, work) => {
    const id = await user();
    const groupId = await group([id]);
    await map([groupId, 'Seller']);
    expect(await roleOf(id)).toBe('Seller');
    await work(groupId, id);
    expect((await explained(id)).roleExplanation.decidedBy).toBe('DEFAULT');
    expect(
      await logged(house.owner, { subjectId: [id], action: ['member.roleChanged'] }),
    ).toHaveLength(2);
  });

  test('a group made with its members, mapped before or after, is settled in the same request', async () => {
    const [one, two] = [await user(), await user()];
    const groupId = await group([one]);
    await map([groupId, 'Seller']);
    await scim(entra, 'PUT', `/Groups/${groupId}`, {
      displayName: 'Put',
      members: [{ value: two }],
    });
    expect([(await roleOf(one)) === 'Seller', await roleOf(two)]).toEqual([false, 'Seller']);
  });

  test('a manual team maps as well, for provisioned and manual members', async () => {
    const id = await user();
    const person = (
      await house.owner.does(
        'memberInvite',
        { email: `m${++count}@northwind.example` },
        'member { id }',
      )
    )['member'].id as string;
    const team = (await house.owner.does('teamCreate', { name: `Manual ${count}` }, 'team { id }'))[
      'team'
    ].id as string;
    await map([team, 'Buyer']);
    await house.owner.does('teamAddMembers', { id: team, memberIds: [id, person] });
    expect([await roleOf(id), await roleOf(person)]).toEqual(['Buyer', 'Buyer']);
    await house.owner.does('teamRemoveMembers', { id: team, memberIds: [id, person] });
    expect((await explained(id)).roleExplanation.decidedBy).toBe('DEFAULT');
  });

  test('by hand stands above a mapping for a manual member, and is explained', async () => {
    const person = (
      await house.owner.does(
        'memberInvite',
        { email: `m${++count}@northwind.example` },
        'member { id }',
      )
    )['member'].id as string;
    expect(
      (await house.owner.does('memberSetRole', { id: person, roleId: roles['Guest'] })).userErrors,
    ).toEqual([]);
    const team = (
      await house.owner.does(
        'teamCreate',
        { name: `Manual ${count}`, memberIds: [person] },
        'team { id }',
      )
    )['team'].id as string;
    await map([team, 'Buyer']);
    expect(await explained(person)).toMatchObject({
      role: { name: 'Guest' },
      roleExplanation: {
        decidedBy: 'MANUAL',
        candidates: expect.arrayContaining([
          expect.objectContaining({
            rule: 'TEAM_MAPPING',
            won: false,
            lostBecause: expect.any(String),
          }),
        ]),
      },
    });
  });

  test('mappings that make no sense are refused with their place, and nothing changes', async () => {
    const team = await group();
    await map([team, 'Seller']);
    for (const [mappings, field] of [
      [
        [
          { teamId: team, roleId: roles['Buyer'] },
          { teamId: team, roleId: roles['Seller'] },
        ],
        ['mappings', '1'],
      ],
      [[{ roleId: roles['Buyer'] }], ['mappings', '0']],
      [[{ teamId: team, pushedRole: 'x', roleId: roles['Buyer'] }], ['mappings', '0']],
      [[{ pushedRole: ' ', roleId: roles['Buyer'] }], ['mappings', '0']],
      [
        [
          { pushedRole: 'Boss', roleId: roles['Buyer'] },
          { pushedRole: 'BOSS', roleId: roles['Seller'] },
        ],
        ['mappings', '1'],
      ],
    ] as const) {
      const { userErrors } = await house.owner.does('roleMappingsSet', { mappings });
      expect([mappings, userErrors.map(({ field: at }) => at?.slice(0, 2))]).toEqual([
        mappings,
        [field],
      ]);
    }
    expect(
      (await house.owner.ask('{ tenant { roleMappings { role { name } team { id } } } }'))['tenant']
        .roleMappings,
    ).toEqual([{ role: { name: 'Seller' }, team: { id: team } }]);
  });
});

describe('R3: the lock', () => {
  test('says who, when, why and until when, and what would be without it', async () => {
    const id = await user();
    const groupId = await group([id]);
    await map([groupId, 'Seller']);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const locked = await house.owner.does(
      'memberLockRole',
      { id, roleId: roles['Guest'], reason: 'on probation', expiresAt },
      'member { role { name } roleLock { role { name } lockedBy { __typename ... on Member { id } } lockedAt reason expiresAt } }',
    );
    expect(locked).toMatchObject({
      userErrors: [],
      member: {
        role: { name: 'Guest' },
        roleLock: {
          role: { name: 'Guest' },
          lockedBy: { __typename: 'Member', id: house.owner.id },
          reason: 'on probation',
          expiresAt,
          lockedAt: expect.any(String),
        },
      },
    });
    expect((await explained(id)).roleExplanation).toMatchObject({
      decidedBy: 'LOCK',
      withoutLock: { name: 'Seller' },
      candidates: [
        { rule: 'LOCK', won: true },
        { rule: 'TEAM_MAPPING', won: false, lostBecause: expect.any(String) },
        { rule: 'DEFAULT', won: false },
      ],
    });
    expect(
      (
        await house.owner.ask(
          '{ tenant { members(filter: { roleLocked: true }) { nodes { id } } } }',
        )
      )['tenant'].members.nodes,
    ).toEqual([{ id }]);
    const unlocked = await house.owner.does(
      'memberUnlockRole',
      { id, reason: 'done' },
      'member { role { name } roleLock { reason } }',
    );
    expect(unlocked).toMatchObject({
      userErrors: [],
      member: { role: { name: 'Seller' }, roleLock: null },
    });
    expect((await house.owner.does('memberUnlockRole', { id })).userErrors).toEqual([]);
    expect(
      await logged(house.owner, { subjectId: [id], action: ['member.roleUnlocked'] }),
    ).toHaveLength(1);
  });

  test('without a role keeps the present one; with a bad expiry is refused', async () => {
    const id = await user();
    const before = await roleOf(id);
    expect(
      await house.owner.does('memberLockRole', { id }, 'member { roleLock { role { name } } }'),
    ).toMatchObject({ member: { roleLock: { role: { name: before } } } });
    const other = await user();
    expect(
      (await house.owner.does('memberLockRole', { id: other, expiresAt: '2020-01-01T00:00:00Z' }))
        .userErrors,
    ).toMatchObject([{ code: 'INVALID', field: ['expiresAt'] }]);
    expect(
      (await house.owner.does('memberSetRole', { id, roleId: roles['Seller'] })).userErrors,
    ).toMatchObject([{ code: 'ROLE_LOCKED' }]);
  });

  test('is not for who may change members but not roles, nor reaches above oneself', async () => {
    const id = await user();
    const limited = await house.signIn(house.tenant, house.admin.id, [
      'DIRECTORY_READ',
      'DIRECTORY_WRITE',
      'PROVISIONING_ADMIN',
    ]);
    for (const [mutation, input] of [
      ['memberLockRole', { id }],
      ['memberUnlockRole', { id }],
      ['memberSetRole', { id, roleId: roles['Guest'] }],
      ['roleMappingsSet', { mappings: [] }],
      ['tenantSetDefaultRole', { roleId: roles['Guest'] }],
    ] as const) {
      expect([
        mutation,
        (await limited.does(mutation, input)).userErrors.map(({ code }) => code),
      ]).toEqual([mutation, ['FORBIDDEN']]);
    }
    expect(
      (await house.admin.does('memberLockRole', { id, roleId: roles['Owner'] })).userErrors,
    ).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(
      (await house.admin.does('tenantSetDefaultRole', { roleId: roles['Owner'] })).userErrors,
    ).toHaveLength(1);
  });
});

describe('R4: pushed roles', () => {
  test.each<[string, (id: string) => Promise<unknown>, Body]>([
    ['in a POST', async () => undefined, undefined],
    [
      'as JSON text in an add',
      id =>
        patch(entra, `/Users/${id}`, {
          op: 'Add',
          path: 'roles',
          value: [{ value: '{"id":"1","value":"Boss","displayName":"The boss"}' }],
        }),
      undefined,
    ],
    [
      'through a primary filter',
      id =>
        patch(entra, `/Users/${id}`, {
          op: 'Replace',
          path: 'roles[primary eq "True"].value',
          value: 'Boss',
        }),
      undefined,
    ],
    [
      'as a whole list',
      id =>
        patch(entra, `/Users/${id}`, {
          op: 'replace',
          path: 'roles',
          value: [{ value: 'Boss', primary: 'True' }],
        }),
      undefined,
    ],
    [
      'without a path',
      id => patch(entra, `/Users/${id}`, { op: 'replace', value: { roles: [{ value: 'boss' }] } }),
      undefined,
    ],
  ])('%s count once a person mapped them', async (how, push) => {
    await map([{ pushed: 'Boss' }, 'Buyer']);
    const id = await user(
      how === 'in a POST' ? { roles: [{ value: 'Boss', primary: 'True' }] } : {},
    );
    await push(id);
    expect(await explained(id)).toMatchObject({
      role: { name: 'Buyer' },
      roleExplanation: { decidedBy: 'PUSHED_ROLE' },
    });
    const [, { roles: said }] = await scim(entra, 'GET', `/Users/${id}`);
    expect((said as Body[]).map(({ value }) => String(value).toLowerCase())).toEqual(['boss']);
    await map();
    expect((await explained(id)).roleExplanation.decidedBy).toBe('DEFAULT');
    expect((await scim(entra, 'GET', `/Users/${id}`))[1].roles).toEqual(said);
  });

  test('and teams share one order', async () => {
    const id = await user({ roles: [{ value: 'Boss' }] });
    const groupId = await group([id]);
    await map([groupId, 'Seller'], [{ pushed: 'boss' }, 'Buyer']);
    expect((await explained(id)).roleExplanation).toMatchObject({
      decidedBy: 'TEAM_MAPPING',
      role: { name: 'Seller' },
    });
    await map([{ pushed: 'boss' }, 'Buyer'], [groupId, 'Seller']);
    expect((await explained(id)).roleExplanation).toMatchObject({
      decidedBy: 'PUSHED_ROLE',
      role: { name: 'Buyer' },
    });
  });
});

describe('R5 and R6: disabled and deleted', () => {
  test('a disabled user is shown as such, stays in SCIM, and keeps what it had', async () => {
    const id = await user({ externalId: 'keeps' });
    const groupId = await group([id]);
    await map([groupId, 'Seller']);
    await patch(entra, `/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    const { tenant } = await house.owner.ask(
      'query ($id: [ID!]) { tenant { members(filter: { state: [DISABLED], teamId: $id }) { nodes { id state role { name } teams { totalCount } } } } }',
      { id: [groupId] },
    );
    expect(tenant.members.nodes).toEqual([
      { id, state: 'DISABLED', role: { name: 'Seller' }, teams: { totalCount: 1 } },
    ]);
    expect(await find(entra, 'Users', 'externalId eq "keeps"')).toEqual([id]);
    expect(await find(entra, 'Users', 'externalId eq "keeps" and active eq "False"')).toEqual([id]);
    expect((await scim(entra, 'GET', `/Groups/${groupId}`))[1].members).toMatchObject([
      { value: id },
    ]);
    await remove(groupId, id);
    expect((await explained(id)).roleExplanation.decidedBy).toBe('DEFAULT');
    await patch(entra, `/Users/${id}`, { op: 'replace', value: { active: true } });
    expect(
      (await house.owner.ask('query ($id: ID!) { member(id: $id) { state } }', { id }))['member']
        .state,
    ).toBe('ACTIVE');
  });

  test('a deleted one is in no list, by no handle, and restorable with a purge date', async () => {
    const id = await user({ externalId: 'leaves' });
    const name = `u${count}@contoso.com`;
    await scim(entra, 'DELETE', `/Users/${id}`);
    const data = await house.owner.ask(
      'query ($id: ID!, $name: String!) { byId: member(id: $id) { state purgeAt } byName: member(userName: $name) { id } byExternal: member(externalId: "leaves") { id } tenant { members(filter: { userName: { eq: $name } }) { totalCount } deleted: members(filter: { state: [DELETED], userName: { eq: $name } }) { nodes { id } } } }',
      { id, name },
    );
    expect(data).toMatchObject({
      byName: null,
      byExternal: null,
      tenant: { members: { totalCount: 0 }, deleted: { nodes: [{ id }] } },
    });
    const days = (new Date(data['byId'].purgeAt as string).getTime() - Date.now()) / 86_400_000;
    expect([data['byId'].state, Math.round(days)]).toEqual(['DELETED', 30]);
    expect((await house.owner.does('memberInvite', { email: name })).userErrors).toEqual([]);
    expect((await house.owner.does('memberRestore', { id })).userErrors).toMatchObject([
      { code: 'ALREADY_TAKEN' },
    ]);
  });
});
