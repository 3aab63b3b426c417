import { expect, test } from 'vitest';
import type { MemberRow } from '../../src/directory/index.ts';

import { type Company, described, stage } from '../support/company.ts';

const here = stage();

interface Scene {
  company: Company;
  sole: MemberRow;
  teamId: string;
}

/** Each scene ends with exactly one active owner: the one whom the verb would take away. */
async function byHand(): Promise<Scene> {
  const company = await here.company();
  return { company, sole: await company.person('Ada'), teamId: '' };
}
async function byMapping(): Promise<Scene> {
  const company = await here.company();
  const sole = await company.provisioned('Ann', { pushedRoles: [] });
  const team = await company.provisionedTeam('Board', [sole]);
  await company.owner.roles.setMappings([{ teamId: team.id, roleId: company.roles.owner }]);
  const ada = await company.person('Ada');
  await company.system.members.setRole(ada.id, company.roles.admin);
  return { company, sole, teamId: team.id };
}
async function byPush(): Promise<Scene> {
  const company = await here.company();
  await company.owner.roles.setMappings([{ pushedRole: 'Boss', roleId: company.roles.owner }]);
  const sole = await company.provisioned('Ann', { pushedRoles: ['Boss'] });
  await company.system.members.setRole((await company.person('Ada')).id, company.roles.admin);
  return { company, sole, teamId: '' };
}
async function byLock(): Promise<Scene> {
  const scene = await byPush();
  await scene.company.system.members.lockRole(scene.sole.id, {});
  await scene.company.entra.members.rewrite(scene.sole.id, described('Ann'));
  return scene;
}

const leavings: [string, () => Promise<Scene>, (scene: Scene) => Promise<unknown>, string][] = [
  [
    'being disabled',
    byHand,
    ({ company, sole }) => company.owner.members.disable(sole.id),
    'member.disabled Ada Lindqvist',
  ],
  [
    'being deleted',
    byHand,
    ({ company, sole }) => company.owner.members.remove(sole.id),
    'member.deleted Ada Lindqvist',
  ],
  [
    'another role by hand',
    byHand,
    ({ company, sole }) => company.owner.members.setRole(sole.id, company.roles.admin),
    'member.roleChanged Ada Lindqvist',
  ],
  [
    'a lock at another role',
    byHand,
    ({ company, sole }) => company.owner.members.lockRole(sole.id, { roleId: company.roles.admin }),
    'member.roleLocked Ada Lindqvist',
  ],
  [
    'an unlock',
    byLock,
    ({ company, sole }) => company.system.members.unlockRole(sole.id),
    'member.roleUnlocked Ann',
  ],
  [
    'a provider that disables',
    byMapping,
    ({ company, sole }) =>
      company.entra.members.rewrite(sole.id, described('Ann', { active: false })),
    'member.disabled Ann',
  ],
  [
    'a provider that deletes',
    byMapping,
    ({ company, sole }) => company.entra.members.remove(sole.id),
    'member.deleted Ann',
  ],
  [
    'leaving the mapped team',
    byMapping,
    ({ company, sole, teamId }) =>
      company.entra.teams.apply(teamId, [{ kind: 'expel', memberIds: [sole.id] }]),
    'membership.removed Board',
  ],
  [
    'a new list without it',
    byMapping,
    ({ company, teamId }) =>
      company.entra.teams.apply(teamId, [{ kind: 'replace', memberIds: [] }]),
    'membership.removed Board',
  ],
  [
    'the end of the mapped team',
    byMapping,
    ({ company, teamId }) => company.entra.teams.remove(teamId),
    'team.deleted Board',
  ],
  [
    'another mapping',
    byMapping,
    ({ company, teamId }) =>
      company.system.roles.setMappings([{ teamId, roleId: company.roles.admin }]),
    'roleMapping.updated role mappings',
  ],
  [
    'no mapping',
    byMapping,
    ({ company }) => company.system.roles.setMappings([]),
    'roleMapping.updated role mappings',
  ],
  [
    'a better mapping',
    byMapping,
    async ({ company, sole, teamId }) => {
      const better = await company.system.teams.create({ name: 'Better', memberIds: [sole.id] });
      return company.system.roles.setMappings([
        { teamId: better.id, roleId: company.roles.member },
        { teamId, roleId: company.roles.owner },
      ]);
    },
    'roleMapping.updated role mappings',
  ],
  [
    'a role that is pushed no more',
    byPush,
    ({ company, sole }) => company.entra.members.rewrite(sole.id, described('Ann')),
    'member.updated Ann',
  ],
  [
    'a cut link',
    byMapping,
    ({ company, sole }) => company.system.members.setLink(sole.id, company.providerId, null),
    'member.unlinked Ann',
  ],
];
test.each(leavings)(
  'the last active owner stays, whatever: %s is refused and recorded as one failure',
  async (_how, scene, deed, entry) => {
    const at = await scene();
    const before = await at.company.fresh(at.sole);
    const told = await at.company.told(() => deed(at));
    expect(told.refusal?.code).toBe('last-owner');
    expect(told.entries.filter(line => !/Better/.test(line))).toEqual([`FAILURE ${entry}`]);
    expect(await at.company.fresh(at.sole)).toEqual(before);
  },
);

test('a person who lets a provider overwrite the last owner cannot let it switch that one off', async () => {
  const company = await here.company();
  const ada = await company.person('Ada');
  await company.told(() => company.provisioned('Ada', { userName: ada.userName, active: false }));
  const [open] = await company.owner.conflicts.open(5);
  const told = await company.told(() =>
    company.owner.conflicts.resolve([open!.id], 'LINK_OVERWRITE'),
  );
  expect(told).toMatchObject({
    refusal: { code: 'last-owner' },
    entries: [`FAILURE conflict.resolved ${ada.userName}`],
  });
  expect(await company.fresh(ada)).toEqual(ada);
});

test('an owner who is disabled or only invited does not count', async () => {
  const company = await here.company();
  const yuki = await company.person('Yuki');
  await company.owner.members.invite({
    email: 'second@north.example',
    roleId: company.roles.owner,
  });
  await company.owner.members.setRole(yuki.id, company.roles.owner);
  await company.owner.members.disable(yuki.id);
  expect(
    (
      await company.told(async () =>
        company.owner.members.disable((await company.person('Ada')).id),
      )
    ).refusal?.code,
  ).toBe('last-owner');
  await company.owner.members.enable(yuki.id);
  expect(
    (
      await company.told(async () =>
        company.owner.members.disable((await company.person('Ada')).id),
      )
    ).refusal,
  ).toBeNull();
});

test('two owners who leave at the same time do not each count on the other', async () => {
  for (let round = 0; round < 10; round++) {
    const company = await here.company();
    const [ada, yuki] = [await company.person('Ada'), await company.person('Yuki')];
    await company.owner.members.setRole(yuki.id, company.roles.owner);
    const second = company.directory(yuki, [...company.owner.actor.permissions]);
    const left = await Promise.allSettled([
      company.owner.members.disable(yuki.id),
      second.members.setRole(ada.id, company.roles.member),
    ]);
    expect(left.map(each => each.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(left.find(each => each.status === 'rejected')).toMatchObject({
      reason: { code: 'last-owner' },
    });
  }
});

test('a provider neither grants nor takes the owner role, unless a mapping that a person made says so', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann', {
    pushedRoles: ['Owner', 'owner', company.roles.owner],
  });
  expect(await company.roleOf(ann)).toBe('Member');
  await company.owner.members.lockRole(ann.id, { roleId: company.roles.owner });
  await company.entra.members.rewrite(ann.id, described('Ann', { pushedRoles: ['Member'] }));
  expect(await company.roleOf(ann)).toBe('Owner');
});
