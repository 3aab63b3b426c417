import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const entriesOf = async (subjectId: string) => {
  const data = await house.owner.ask(
    'query ($id: ID!) { tenant { auditLog(filter: { subjectId: [$id] }) { nodes { action outcome subjectName actor { __typename ... on Member { displayName } } changes { name before after } } } } }',
    { id: subjectId },
  );
  return data['tenant'].auditLog.nodes as {
    action: string;
    outcome: string;
    changes: { name: string; before: unknown; after: unknown }[];
  }[];
};
const membersNamed = async (query: string) =>
  (
    await house.owner.ask(
      'query ($q: String!) { tenant { members(filter: { query: $q }) { totalCount } } }',
      { q: query },
    )
  )['tenant'].members.totalCount as number;

describe('members', () => {
  test('somebody is invited, edited, disabled, enabled, deleted and restored, and each is told once', async () => {
    const invited = await house.admin.does(
      'memberInvite',
      { email: 'nora@northwind.example', givenName: 'Nora', familyName: 'New' },
      'member { id state displayName userName email provenance { origin managed } version }',
    );
    expect(invited).toMatchObject({
      userErrors: [],
      member: {
        state: 'INVITED',
        displayName: 'Nora New',
        userName: 'nora@northwind.example',
        provenance: { origin: 'MANUAL', managed: false },
      },
    });
    const { id, version } = invited['member'];

    const edited = await house.admin.does(
      'memberUpdate',
      { id, familyName: 'Newman', expectedVersion: version },
      'member { displayName version }',
    );
    expect(edited).toMatchObject({ userErrors: [], member: { displayName: 'Nora Newman' } });
    const stale = await house.admin.does(
      'memberUpdate',
      { id, familyName: 'Late', expectedVersion: version },
      'member { id }',
    );
    expect(stale).toMatchObject({
      member: null,
      userErrors: [{ code: 'STALE_VERSION', field: ['expectedVersion'] }],
    });

    expect(
      await house.admin.does('memberDisable', { id, reason: 'on leave' }, 'member { state }'),
    ).toMatchObject({ member: { state: 'DISABLED' } });
    expect(await house.admin.does('memberEnable', { id }, 'member { state }')).toMatchObject({
      userErrors: [],
    });
    expect(
      await house.admin.does('memberDelete', { id }, 'member { state purgeAt }'),
    ).toMatchObject({ member: { state: 'DELETED', purgeAt: expect.any(String) } });
    expect(
      await house.admin.does('memberRestore', { id }, 'member { state purgeAt }'),
    ).toMatchObject({ member: { purgeAt: null } });
    expect((await entriesOf(id)).map(({ action }) => action).toReversed()).toEqual([
      'member.invited',
      'member.updated',
      'member.disabled',
      'member.enabled',
      'member.deleted',
      'member.restored',
    ]);
  });

  test.each([
    ['an address that is none', { email: 'nobody' }, { code: 'INVALID', field: ['email'] }],
    [
      'an address that somebody has',
      { email: 'OLIVIA@northwind.example' },
      { code: 'ALREADY_TAKEN', field: ['email'], __typename: 'ConflictError' },
    ],
    [
      'a name with control characters',
      { email: 'c@northwind.example', givenName: 'a\u0007b' },
      { code: 'INVALID', field: ['givenName'] },
    ],
    [
      'a role that is no id',
      { email: 'r@northwind.example', roleId: 'owner' },
      { code: 'NOT_FOUND', field: ['roleId'] },
    ],
    [
      'a role of nobody',
      { email: 'r@northwind.example', roleId: '0199aaaa-0000-7000-8000-000000000000' },
      { code: 'NOT_FOUND', field: ['roleId'] },
    ],
    [
      'a team of nobody',
      { email: 't@northwind.example', teamIds: ['0199aaaa-0000-7000-8000-000000000000'] },
      { code: 'NOT_FOUND', field: ['teamIds', '0'] },
    ],
    [
      '501 teams',
      {
        email: 't@northwind.example',
        teamIds: Array.from({ length: 501 }, () => '0199aaaa-0000-7000-8000-000000000000'),
      },
      { code: 'INVALID', field: ['teamIds'] },
    ],
    [
      'somebody in a tenant of others',
      { email: 'x@northwind.example', tenantId: '0199aaaa-0000-7000-8000-000000000000' },
      { code: 'NOT_FOUND', field: ['tenantId'] },
    ],
  ])('inviting with %s is refused with its path, and nobody is there', async (_, input, error) => {
    const before = await membersNamed('@');
    expect(await house.owner.does('memberInvite', input, 'member { id }')).toMatchObject({
      member: null,
      userErrors: [error],
    });
    expect(await membersNamed('@')).toBe(before);
  });

  test('who holds a taken address is told', async () => {
    const refused = await house.owner.does(
      'memberInvite',
      { email: 'olivia@northwind.example' },
      'member { id }',
    );
    expect(refused.userErrors[0]?.holder).toEqual({ id: house.owner.id });
  });

  test('the last owner stays, and the attempt is remembered', async () => {
    const { userErrors } = await house.owner.does(
      'memberDisable',
      { id: house.owner.id },
      'member { id }',
    );
    expect(userErrors).toMatchObject([{ code: 'LAST_OWNER' }]);
    expect((await entriesOf(house.owner.id))[0]).toMatchObject({
      action: 'member.disabled',
      outcome: 'FAILURE',
    });
  });

  test('who may not write is refused, whatever the verb', async () => {
    for (const [mutation, input] of [
      ['memberInvite', { email: 'z@northwind.example' }],
      ['memberDisable', { id: house.admin.id }],
      ['teamCreate', { name: 'Z' }],
      ['roleCreate', { name: 'Z', permissions: [] }],
    ] as const) {
      expect((await house.auditor.does(mutation, input, '')).userErrors, mutation).toMatchObject([
        { code: 'FORBIDDEN' },
      ]);
    }
  });
});

describe('roles', () => {
  test('a lock holds, says why, and hands back', async () => {
    const { id } = await house.made({ name: 'Lora Locked' });
    const roles = (await house.owner.ask('{ tenant { roles { id name } } }'))['tenant'].roles as {
      id: string;
      name: string;
    }[];
    const roleId = (name: string) => roles.find(role => role.name === name)!.id;

    const locked = await house.owner.does(
      'memberLockRole',
      { id, roleId: roleId('Auditor'), reason: 'audit season' },
      'member { role { name } roleLock { reason role { name } lockedBy { ... on Member { displayName } } } roleExplanation { decidedBy summary withoutLock { name } candidates { rule won } } }',
    );
    expect(locked).toMatchObject({
      userErrors: [],
      member: {
        role: { name: 'Auditor' },
        roleLock: { reason: 'audit season', lockedBy: { displayName: 'Olivia Owner' } },
        roleExplanation: { decidedBy: 'LOCK', withoutLock: { name: 'Member' } },
      },
    });
    expect(
      await house.owner.does('memberSetRole', { id, roleId: roleId('Admin') }, 'member { id }'),
    ).toMatchObject({ member: null, userErrors: [{ code: 'ROLE_LOCKED' }] });
    expect(
      await house.owner.does(
        'memberUnlockRole',
        { id },
        'member { role { name } roleLock { reason } }',
      ),
    ).toMatchObject({ member: { role: { name: 'Member' }, roleLock: null } });
  });

  test('a role is made, mapped, changed and removed', async () => {
    const { role } = await house.owner.does(
      'roleCreate',
      { name: 'Helper', permissions: ['DIRECTORY_READ', 'DIRECTORY_WRITE'] },
      'role { id name rank permissions memberCount }',
    );
    expect(role).toMatchObject({
      name: 'Helper',
      permissions: ['DIRECTORY_READ', 'DIRECTORY_WRITE'],
      memberCount: 0,
    });
    const { id } = await house.made({ name: 'Ted Mapped' });
    await house.query('update members set hand_role_id = null where id = $1', [id]);
    const { team } = await house.owner.does(
      'teamCreate',
      { name: 'Mapped', memberIds: [id] },
      'team { id }',
    );
    const mapped = await house.owner.does(
      'roleMappingsSet',
      { mappings: [{ teamId: team.id, roleId: role.id }] },
      'mappings { position role { name } team { name members { nodes { member { role { name } } } } } }',
    );
    expect(mapped).toMatchObject({
      userErrors: [],
      mappings: [
        {
          role: { name: 'Helper' },
          team: { name: 'Mapped', members: { nodes: [{ member: { role: { name: 'Helper' } } }] } },
        },
      ],
    });
    expect(
      await house.owner.does(
        'roleUpdate',
        { id: role.id, name: 'Helping hand' },
        'role { name memberCount }',
      ),
    ).toMatchObject({ role: { name: 'Helping hand', memberCount: 1 } });
    const bad = await house.owner.does(
      'roleMappingsSet',
      {
        mappings: [
          { teamId: team.id, roleId: role.id },
          { teamId: 'nope', roleId: role.id },
        ],
      },
      'mappings { id }',
    );
    expect(bad).toMatchObject({
      mappings: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['mappings', '1', 'teamId'] }],
    });
    expect(
      await house.owner.does('roleMappingsSet', { mappings: [] }, 'mappings { id }'),
    ).toMatchObject({ mappings: [], userErrors: [] });
    expect(await house.owner.does('roleDelete', { id: role.id }, 'role { id }')).toMatchObject({
      userErrors: [],
    });
  });
});

describe('teams', () => {
  test('a team is made, joined, left, renamed and deleted', async () => {
    const [one, two] = [
      await house.made({ name: 'One Joined' }),
      await house.made({ name: 'Two Joined' }),
    ];
    const { team } = await house.owner.does(
      'teamCreate',
      { name: 'Joiners', memberIds: [one.id] },
      'team { id members { totalCount } provenance { origin } }',
    );
    expect(team).toMatchObject({ members: { totalCount: 1 }, provenance: { origin: 'MANUAL' } });
    expect(
      await house.owner.does(
        'teamAddMembers',
        { id: team.id, memberIds: [two.id, one.id] },
        'team { members { nodes { member { displayName } origin } } }',
      ),
    ).toMatchObject({ userErrors: [], team: { members: { nodes: [{}, {}] } } });
    expect(
      await house.owner.does(
        'teamRemoveMembers',
        { id: team.id, memberIds: [one.id] },
        'team { members { totalCount } }',
      ),
    ).toMatchObject({ team: { members: { totalCount: 1 } } });
    const strange = await house.owner.does(
      'teamAddMembers',
      { id: team.id, memberIds: [one.id, '0199aaaa-0000-7000-8000-000000000000'] },
      'team { id }',
    );
    expect(strange).toMatchObject({
      team: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['memberIds', '1'] }],
    });
    expect(
      await house.owner.does(
        'teamUpdate',
        { id: team.id, name: 'Leavers' },
        'team { name version }',
      ),
    ).toMatchObject({ team: { name: 'Leavers' } });
    expect(
      await house.owner.does('teamUpdate', { id: team.id, name: ' ' }, 'team { name }'),
    ).toMatchObject({ team: null, userErrors: [{ code: 'INVALID', field: ['name'] }] });
    expect(await house.owner.does('teamDelete', { id: team.id }, 'team { name }')).toMatchObject({
      userErrors: [],
    });
    expect(
      await house.owner.ask('query ($id: ID!) { team(id: $id) { id } }', { id: team.id }),
    ).toEqual({ team: null });
  });
});

describe('a dry run', () => {
  test('says what would be recorded, with a digest, and changes nothing', async () => {
    const { id } = await house.made({ name: 'Dora Dry' });
    const dry = await house.owner.does(
      'memberDisable',
      { id, dryRun: true },
      'member { id } plan { digest summary { disabled updated } changes { totalCount nodes { action subjectName subject { id } attributes { name before after } } } }',
    );
    expect(dry).toMatchObject({
      member: null,
      userErrors: [],
      plan: {
        summary: { disabled: 1 },
        changes: {
          totalCount: 1,
          nodes: [{ action: 'member.disabled', subjectName: 'Dora Dry', subject: { id } }],
        },
      },
    });
    expect(dry['plan'].digest).toMatch(/^[0-9a-f]{32}$/);
    expect(await house.owner.ask('query ($id: ID!) { member(id: $id) { state } }', { id })).toEqual(
      { member: { state: 'ACTIVE' } },
    );
    expect(await entriesOf(id)).toEqual([]);
  });

  test('of what would be refused says the refusal', async () => {
    expect(
      await house.owner.does(
        'memberInvite',
        { email: 'olivia@northwind.example', dryRun: true },
        'plan { digest }',
      ),
    ).toMatchObject({ plan: null, userErrors: [{ code: 'ALREADY_TAKEN' }] });
  });

  test('of several members has a plan too', async () => {
    const { member } = await house.owner.does(
      'memberInvite',
      { email: 'dry@northwind.example' },
      'member { id }',
    );
    expect(
      await house.owner.does(
        'membersSendActivation',
        { ids: [member.id], dryRun: true },
        'members { id } plan { digest }',
      ),
    ).toMatchObject({ members: null, userErrors: [], plan: { digest: expect.any(String) } });
  });

  test('whatIf answers without any mutation', async () => {
    const { id } = await house.made({ name: 'Wanda What' });
    const { team } = await house.owner.does('teamCreate', { name: 'What if' }, 'team { id }');
    const data = await house.owner.ask(
      'query ($input: WhatIfInput!) { whatIf(input: $input) { summary { membershipChanges roleChanges } changes { nodes { action subjectName } } } }',
      { input: { memberTeams: { memberId: id, teamIds: [team.id] } } },
    );
    expect(data['whatIf']).toMatchObject({
      summary: { membershipChanges: 1 },
      changes: { nodes: [{ action: 'membership.added', subjectName: 'Wanda What' }] },
    });
    expect(
      (
        await house.owner.ask('query ($id: ID!) { member(id: $id) { teams { totalCount } } }', {
          id,
        })
      )['member'].teams.totalCount,
    ).toBe(0);
    const { errors } = await house.owner.graphql('{ whatIf(input: {}) { digest } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('tokens', () => {
  test('a secret is shown once, works at once, and is nobody once revoked', async () => {
    const made = await house.owner.does(
      'tokenCreate',
      { name: 'frontend', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
      'token { id lastFour kind permissions } secret',
    );
    expect(made['secret']).toMatch(/^muster_svc_/);
    expect(made['token'].lastFour).toBe(made['secret'].slice(-4));
    const asToken = (query: string) =>
      fetch(`${house.origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'authorization': `Bearer ${made['secret'] as string}`,
        },
        body: JSON.stringify({ query }),
      });
    expect(
      await (
        await asToken('{ viewer { member { id } permissions credential { kind lastFour } } }')
      ).json(),
    ).toEqual({
      data: {
        viewer: {
          member: null,
          permissions: ['DIRECTORY_READ'],
          credential: { kind: 'SERVICE', lastFour: made['token'].lastFour },
        },
      },
    });
    expect(await (await asToken('{ tenant { auditLog { totalCount } } }')).json()).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    expect(
      await house.owner.does('tokenRevoke', { id: made['token'].id }, 'token { revokedAt }'),
    ).toMatchObject({ userErrors: [], token: { revokedAt: expect.any(String) } });
    expect((await asToken('{ viewer { permissions } }')).status).toBe(401);
  });

  test.each([
    [
      'a session',
      { name: 's', kind: 'SESSION', permissions: ['DIRECTORY_READ'] },
      { code: 'INVALID', field: ['kind'] },
    ],
    [
      'one that ended',
      {
        name: 's',
        kind: 'PERSONAL',
        permissions: ['DIRECTORY_READ'],
        expiresAt: '2020-01-01T00:00:00Z',
      },
      { code: 'INVALID', field: ['expiresAt'] },
    ],
    [
      'one without a name',
      { name: '', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] },
      { code: 'INVALID', field: ['name'] },
    ],
    ["another's that is no id", undefined, { code: 'NOT_FOUND', field: ['id'] }],
  ])('%s is refused', async (_, input, error) => {
    const refused = input
      ? await house.owner.does('tokenCreate', input, 'token { id } secret')
      : await house.owner.does('tokenRevoke', { id: 'abc' }, 'token { id }');
    expect(refused).toMatchObject({ token: null, userErrors: [error] });
  });

  test('nobody hands out more than they have', async () => {
    const refused = await house.auditor.does(
      'tokenCreate',
      { name: 'more', kind: 'PERSONAL', permissions: ['DIRECTORY_WRITE'] },
      'secret',
    );
    expect(refused).toMatchObject({
      secret: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['permissions'] }],
    });
  });
});

describe('@idempotent', () => {
  const invite = (key: string, email: string, fields = 'member { id displayName createdAt }') =>
    house.owner.graphql(
      `mutation ($input: MemberInviteInput!) { done: memberInvite(input: $input) @idempotent(key: "${key}") { ${fields} userErrors { code field } } }`,
      { input: { email } },
    );

  test('the same key and input happen once and are answered alike, whatever is selected', async () => {
    const first = await invite('key-of-test-1', 'once@northwind.example');
    const again = await invite('key-of-test-1', 'once@northwind.example');
    expect(first.data?.['done'].member.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.data).toEqual(first.data);
    expect(
      (
        await invite(
          'key-of-test-1',
          'once@northwind.example',
          'member { id role { name } updatedAt }',
        )
      ).data?.['done'].member,
    ).toMatchObject({ id: first.data?.['done'].member.id, role: { name: 'Member' } });
    expect(await membersNamed('once@northwind')).toBe(1);
  });

  test('retries at the same time happen once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => invite('key-of-test-2', 'racing@northwind.example')),
    );
    expect(new Set(answers.map(({ data }) => data?.['done'].member.id)).size).toBe(1);
  });

  test('a refusal is the first answer too', async () => {
    const first = await invite('key-of-test-3', 'olivia@northwind.example');
    expect(first.data?.['done']).toMatchObject({
      member: null,
      userErrors: [{ code: 'ALREADY_TAKEN' }],
    });
    expect((await invite('key-of-test-3', 'olivia@northwind.example')).data).toEqual(first.data);
  });

  test('another input under the same key, or a short key, is refused', async () => {
    await invite('key-of-test-4', 'four@northwind.example');
    expect((await invite('key-of-test-4', 'five@northwind.example')).data?.['done']).toMatchObject({
      member: null,
      userErrors: [{ code: 'INVALID', field: ['key'] }],
    });
    expect((await invite('short', 'five@northwind.example')).data?.['done']).toMatchObject({
      member: null,
      userErrors: [{ code: 'INVALID', field: ['key'] }],
    });
  });

  test('a secret is not given again', async () => {
    const create = () =>
      house.owner.ask(
        'mutation { done: tokenCreate(input: { name: "once", kind: PERSONAL, permissions: [DIRECTORY_READ] }) @idempotent(key: "key-of-test-5") { token { id createdAt } secret userErrors { code } } }',
      );
    const first = await create();
    const again = await create();
    expect(first['done'].secret).toMatch(/^muster_pat_/);
    expect(again['done']).toEqual({ ...first['done'], secret: null });
  });
});
