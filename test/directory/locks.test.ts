import { expect, test } from 'vitest';
import { type Company, described, stage } from '../support/company.ts';

const here = stage();

async function locked() {
  const company = await here.company();
  const ann = await company.provisioned('Ann', { pushedRoles: [] });
  const team = await company.provisionedTeam('Mapped');
  await company.owner.roles.setMappings([
    { teamId: team.id, roleId: company.roles.admin },
    { pushedRole: 'Boss', roleId: company.roles.admin },
  ]);
  await company.owner.members.lockRole(ann.id, {
    roleId: company.roles.auditor,
    reason: 'on leave',
  });
  return { company, ann: await company.fresh(ann), team };
}

const storms: [string, (at: Awaited<ReturnType<typeof locked>>) => Promise<unknown>][] = [
  [
    'joining a mapped team',
    ({ company, ann, team }) =>
      company.entra.teams.apply(team.id, [{ kind: 'admit', memberIds: [ann.id] }]),
  ],
  [
    'leaving it',
    async ({ company, ann, team }) => {
      await company.entra.teams.apply(team.id, [{ kind: 'admit', memberIds: [ann.id] }]);
      await company.entra.teams.apply(team.id, [{ kind: 'empty' }]);
    },
  ],
  [
    'other mappings',
    async ({ company, ann, team }) => {
      await company.entra.teams.apply(team.id, [{ kind: 'admit', memberIds: [ann.id] }]);
      await company.owner.roles.setMappings([{ teamId: team.id, roleId: company.roles.member }]);
    },
  ],
  ['another default', ({ company }) => company.owner.tenants.setDefaultRole(company.roles.admin)],
  [
    'a pushed role',
    ({ company, ann }) =>
      company.entra.members.rewrite(ann.id, described('Ann', { pushedRoles: ['Boss'] })),
  ],
  [
    'disabling and enabling',
    async ({ company, ann }) => {
      await company.entra.members.rewrite(ann.id, described('Ann', { active: false }));
      await company.entra.members.rewrite(ann.id, described('Ann'));
    },
  ],
  [
    'deleting and restoring',
    async ({ company, ann }) => {
      await company.entra.members.remove(ann.id);
      await company.owner.members.restore(ann.id);
    },
  ],
  [
    'OFF and ON',
    async ({ company }) => {
      await company.switchTo('OFF');
      await company.switchTo('ON');
    },
  ],
  [
    'a cut link',
    ({ company, ann }) => company.owner.members.setLink(ann.id, company.providerId, null),
  ],
  [
    'an edit that detaches',
    async ({ company, ann }) => {
      await company.switchTo('OFF');
      await company.owner.members.update(ann.id, { userName: 'new@north.example' });
    },
  ],
  ['a deleted team', ({ company, team }) => company.entra.teams.remove(team.id)],
];
test.each(storms)('a lock survives %s', async (_what, storm) => {
  const at = await locked();
  const told = await at.company.told(() => storm(at));
  expect(told.refusal).toBeNull();
  expect(told.entries.filter(line => /role(Changed|Locked|Unlocked).* Ann/.test(line))).toEqual([]);
  expect(await at.company.fresh(at.ann)).toMatchObject({
    roleId: at.company.roles.auditor,
    roleLocked: true,
    lockReason: 'on leave',
    lockedBy: { name: 'Ada Lindqvist' },
    lockedAt: at.ann.lockedAt,
  });
  await at.company.owner.members.unlockRole(at.ann.id);
  const told2 = (await at.company.owner.roles.explain([at.ann.id])).get(at.ann.id)!;
  expect((await at.company.fresh(at.ann)).roleId).toBe(told2.roleId);
});

test('unlocking hands back to the rules at once, with what they have come to meanwhile', async () => {
  const { company, ann, team } = await locked();
  await company.entra.teams.apply(team.id, [{ kind: 'admit', memberIds: [ann.id] }]);
  const told = await company.told(() => company.owner.members.unlockRole(ann.id, 'back'));
  expect(told).toMatchObject({
    entries: ['member.roleUnlocked Ann', 'member.roleChanged Ann'],
    result: {
      roleId: company.roles.admin,
      roleLocked: false,
      lockReason: null,
      lockedBy: null,
      lockedAt: null,
      lockExpiresAt: null,
    },
  });
  expect((await company.told(() => company.owner.members.unlockRole(ann.id))).entries).toEqual([]);
});

const refused: [string, (company: Company, annId: string) => Promise<unknown>, string, string[]][] =
  [
    [
      'a role set by hand',
      (company, id) => company.owner.members.setRole(id, company.roles.member),
      'role-locked',
      ['FAILURE member.roleChanged Ann'],
    ],
    [
      'an unlock by the provider',
      (company, id) => company.entra.members.unlockRole(id),
      'forbidden',
      [],
    ],
    [
      'a lock by the provider',
      (company, id) => company.entra.members.lockRole(id, {}),
      'forbidden',
      [],
    ],
    [
      'a role set by the provider',
      (company, id) => company.entra.members.setRole(id, company.roles.owner, { lock: true }),
      'forbidden',
      [],
    ],
    [
      'a lock that is over before it begins',
      (company, id) => company.owner.members.lockRole(id, { expiresAt: new Date(0) }),
      'invalid',
      [],
    ],
    [
      'a role that nobody knows',
      (company, id) =>
        company.owner.members.lockRole(id, { roleId: '00000000-0000-7000-8000-000000000000' }),
      'not-found',
      [],
    ],
  ];
test.each(refused)('a locked role refuses %s', async (_what, deed, code, entries) => {
  const { company, ann } = await locked();
  expect(await company.told(() => deed(company, ann.id))).toMatchObject({
    refusal: { code },
    entries,
  });
  expect(await company.fresh(ann)).toEqual(ann);
});

test('the same lock twice is one lock; another reason or role is another entry', async () => {
  const { company, ann } = await locked();
  expect(
    (await company.told(() => company.owner.members.lockRole(ann.id, { reason: 'on leave' })))
      .entries,
  ).toEqual([]);
  expect(
    (await company.told(() => company.owner.members.lockRole(ann.id, { reason: 'still' }))).entries,
  ).toEqual(['member.roleLocked Ann']);
  const entry = (await company.owner.audit.page({ action: ['member.roleLocked'] })).items[0]!.row;
  expect(entry).toMatchObject({
    reason: 'still',
    changes: [{ name: 'roleLock', before: 'Auditor', after: 'Auditor' }],
  });
});

test('one lock that cannot be released keeps no other from ending', async () => {
  const { company, ann } = await locked();
  const ada = await company.person('Ada');
  await company.owner.members.setRole(ada.id, company.roles.owner, { lock: true });
  await company.system.db
    .updateTable('members')
    .set({ hand_role_id: null })
    .where('tenant_id', '=', company.tenantId)
    .where('id', '=', ada.id)
    .execute();
  await company.system.db
    .updateTable('members')
    .set({ lock_expires_at: new Date(0) })
    .where('tenant_id', '=', company.tenantId)
    .where('role_locked', '=', true)
    .execute();
  const told = await company.told(() => company.system.members.releaseExpiredLocks());
  expect(told).toMatchObject({
    result: 1,
    entries: ['member.roleLockExpired Ann', 'member.roleChanged Ann'],
  });
  expect(await company.fresh(ada)).toMatchObject({ roleLocked: true, roleId: company.roles.owner });
  expect(await company.fresh(ann)).toMatchObject({ roleLocked: false });
});

test('an admin does not demote an owner by opening the lock', async () => {
  const company = await here.company();
  const yuki = await company.person('Yuki');
  await company.owner.members.lockRole(yuki.id, { roleId: company.roles.owner });
  expect((await company.told(() => company.admin.members.unlockRole(yuki.id))).refusal?.code).toBe(
    'beyond-reach',
  );
});
