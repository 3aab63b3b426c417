import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMaintenance } from '../../src/directory/index.ts';
import { type House, openHouse, Person } from '../support/people.ts';

let house: House;
let owner: Person;
beforeAll(async () => {
  house = await openHouse();
  owner = house.owner;
});
afterAll(() => house.close({ owed: 'anything' }));

describe('a child tenant, and a child of that', () => {
  let child: string;
  beforeAll(async () => {
    child = (await owner.does('tenantCreate', { name: 'Child' }, 'tenant { id }'))['tenant'].id;
  });

  test('is made by naming its parent, and answers for itself; entered it is by its own parent only', async () => {
    const made = await owner.does(
      'tenantCreate',
      { parentId: child, name: 'Grandchild' },
      'tenant { id name parent { id } defaultRole { name } members { totalCount } children { totalCount } }',
    );
    expect(made).toMatchObject({
      userErrors: [],
      tenant: {
        name: 'Grandchild',
        parent: { id: child },
        defaultRole: { name: 'Member' },
        members: { totalCount: 0 },
      },
    });
    expect(
      (await owner.ask('query ($id: ID!) { tenant(id: $id) { id } }', { id: made['tenant'].id }))[
        'tenant'
      ],
    ).toBeNull();
    expect(
      (await owner.ask('{ tenant { children { nodes { name children { nodes { name } } } } } }'))[
        'tenant'
      ].children.nodes,
    ).toEqual([{ name: 'Child', children: { nodes: [{ name: 'Grandchild' }] } }]);
  });

  test('shows its members to the parent, but not as something to be edited from there', async () => {
    const { member } = await owner.does(
      'memberInvite',
      { tenantId: child, email: 'kid@child.example' },
      'member { id editableFields tenant { name } }',
    );
    expect(member).toMatchObject({ editableFields: [], tenant: { name: 'Child' } });
    expect(
      (await owner.does('memberUpdate', { id: member.id, givenName: 'K' })).userErrors,
    ).toMatchObject([{ code: 'NOT_FOUND', field: ['id'] }]);
  });

  test('a token of a person is not made where that person is not; one of a service is, and sees its tenant and no other', async () => {
    for (const kind of ['PERSONAL', 'SCIM']) {
      expect(
        (
          await owner.does('tokenCreate', {
            tenantId: child,
            name: 'Mine',
            kind,
            permissions: ['SCIM_INTEGRATE'],
          })
        ).userErrors,
      ).toMatchObject([{ code: 'FORBIDDEN', field: ['kind'] }]);
    }
    const { secret } = await owner.does(
      'tokenCreate',
      {
        tenantId: child,
        name: 'Theirs',
        kind: 'SERVICE',
        permissions: ['DIRECTORY_READ', 'DIRECTORY_WRITE', 'TENANT_ADMIN'],
      },
      'secret',
    );
    const inside = new Person(house.origin, {
      id: '',
      tenantId: child,
      token: secret,
      tokenId: '',
    });
    const seen = await inside.ask(
      'query ($parent: ID!, $owner: ID!) { viewer { tenants { nodes { name } } } tenant { name parent { name } } above: tenant(id: $parent) { id } node(id: $owner) { id } }',
      { parent: house.tenant.tenantId, owner: owner.id },
    );
    expect(seen).toEqual({
      viewer: { tenants: { nodes: [{ name: 'Child' }, { name: 'Grandchild' }] } },
      tenant: { name: 'Child', parent: { name: 'Northwind' } },
      above: null,
      node: null,
    });
    expect(
      (await inside.does('teamCreate', { tenantId: house.tenant.tenantId, name: 'Up there' }))
        .userErrors,
    ).toMatchObject([{ code: 'NOT_FOUND', field: ['tenantId'] }]);
    for (const list of [
      'members { totalCount }',
      'roles { id }',
      'tokens { id }',
      'auditLog { totalCount }',
      'attention { message }',
    ]) {
      expect(
        (await inside.graphql(`{ tenant { parent { ${list} } } }`)).errors?.[0]?.extensions.code,
        list,
      ).toBe('NOT_FOUND');
    }
  });
});

test('a lock whose time is over goes by itself, and the role is worked out anew', async () => {
  const { team } = await owner.does(
    'teamCreate',
    { name: 'Readers', memberIds: [house.member.id] },
    'team { id }',
  );
  const roles = Object.fromEntries(
    (await house.tenant.roles.all()).map(role => [role.name, role.id]),
  );
  const { member: pat } = await owner.does(
    'memberInvite',
    { email: 'pat@northwind.example', teamIds: [team.id] },
    'member { id }',
  );
  await owner.does('roleMappingsSet', {
    mappings: [{ teamId: team.id, roleId: roles['Auditor'] }],
  });
  await owner.does('memberLockRole', {
    id: pat.id,
    roleId: roles['Admin'],
    expiresAt: '2099-01-01T00:00:00Z',
  });
  const why = async () =>
    (
      await owner.ask(
        'query ($id: ID!) { member(id: $id) { role { name } roleLock { expiresAt } roleExplanation { decidedBy withoutLock { name } candidates { rule role { name } won lostBecause } } } }',
        { id: pat.id },
      )
    )['member'];
  expect(await why()).toMatchObject({
    role: { name: 'Admin' },
    roleExplanation: {
      decidedBy: 'LOCK',
      withoutLock: { name: 'Auditor' },
      candidates: [
        { rule: 'LOCK', won: true },
        {
          rule: 'TEAM_MAPPING',
          role: { name: 'Auditor' },
          won: false,
          lostBecause: 'The role is locked.',
        },
        { rule: 'DEFAULT', won: false },
      ],
    },
  });
  await house.tenant.change(async () => {
    await sql`update members set lock_expires_at = now() - interval '1 second' where tenant_id = ${house.tenant.tenantId} and id = ${pat.id}`.execute(
      house.tenant.db,
    );
  });
  await runMaintenance(house.database.store);
  expect(await why()).toMatchObject({
    role: { name: 'Auditor' },
    roleLock: null,
    roleExplanation: { decidedBy: 'TEAM_MAPPING', withoutLock: { name: 'Auditor' } },
  });
});

describe('what would be, if', () => {
  const whatIf = async (input: Record<string, unknown>) => {
    const { data, errors } = await owner.graphql(
      'query ($input: WhatIfInput!) { whatIf(input: $input) { summary { membershipChanges roleChanges } changes { nodes { action subjectName } } } }',
      { input },
    );
    return errors?.[0]?.extensions ?? data!['whatIf'];
  };

  test('somebody changed teams: only who is there can', async () => {
    const { team } = await owner.does('teamCreate', { name: 'Hypothetical' }, 'team { id }');
    expect(
      await whatIf({ memberTeams: { memberId: house.auditor.id, teamIds: [team.id, team.id] } }),
    ).toMatchObject({
      summary: { membershipChanges: 1 },
      changes: { nodes: [{ action: 'membership.added', subjectName: 'Arthur Auditor' }] },
    });
    const { id: gone } = await house.made({ name: 'Gone Girl' });
    await owner.does('memberDelete', { id: gone });
    for (const memberId of [gone, 'nonsense', house.stranger.id])
      expect(await whatIf({ memberTeams: { memberId, teamIds: [] } })).toMatchObject({
        code: 'NOT_FOUND',
      });
    expect(
      await whatIf({ memberTeams: { memberId: house.auditor.id, teamIds: ['nonsense'] } }),
    ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('nothing were changed, is no question', async () => {
    expect(await whatIf({})).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

test('a hundred ids are answered in their order, twice as often as asked, with null for what is not there; one more is too many', async () => {
  const ids = [
    owner.id,
    'nonsense',
    house.tenant.tenantId,
    house.stranger.id,
    owner.id,
    owner.tokenId,
  ];
  const many = Array.from({ length: 100 }, (_, at) => ids[at % ids.length] as string);
  const { nodes } = await owner.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: many,
  });
  expect(nodes).toEqual(
    many.map(id => (['nonsense', house.stranger.id].includes(id) ? null : { id })),
  );
  expect(
    (
      await owner.graphql('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: [...many, owner.id],
      })
    ).errors?.[0]?.extensions,
  ).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'ids' });
});
