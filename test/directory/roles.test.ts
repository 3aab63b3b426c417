import { expect, test } from 'vitest';
import { type Company, described, stage } from '../support/company.ts';
import {
  type RoleInputs,
  type Rulebook,
  decideRole,
} from '../../src/directory/roles/decide-role.ts';

const here = stage();

const rules: Rulebook = {
  defaultRoleId: 'default',
  mappings: [
    { position: 1, teamId: 'first', pushedRole: null, roleId: 'one' },
    { position: 2, teamId: null, pushedRole: 'Pushed', roleId: 'two' },
    { position: 3, teamId: 'third', pushedRole: null, roleId: 'three' },
  ],
};
const member = (facts: Partial<RoleInputs> = {}): RoleInputs => ({
  lockedRoleId: null,
  handRoleId: null,
  teamIds: new Set(),
  pushedRoles: new Set(),
  ...facts,
});

test.each<[string, Partial<RoleInputs>, string, string, string, string[]]>([
  ['nothing said', {}, 'DEFAULT', 'default', 'default', ['DEFAULT']],
  [
    'a team that is not mapped',
    { teamIds: new Set(['other']) },
    'DEFAULT',
    'default',
    'default',
    ['DEFAULT'],
  ],
  [
    'a mapped team',
    { teamIds: new Set(['third']) },
    'TEAM_MAPPING',
    'three',
    'three',
    ['TEAM_MAPPING', 'DEFAULT'],
  ],
  [
    'two mapped teams: the better position',
    { teamIds: new Set(['third', 'first']) },
    'TEAM_MAPPING',
    'one',
    'one',
    ['TEAM_MAPPING', 'TEAM_MAPPING', 'DEFAULT'],
  ],
  [
    'a pushed role before a later team',
    { teamIds: new Set(['third']), pushedRoles: new Set(['Pushed', 'unmapped']) },
    'PUSHED_ROLE',
    'two',
    'two',
    ['PUSHED_ROLE', 'TEAM_MAPPING', 'DEFAULT'],
  ],
  [
    'by hand before every mapping',
    { handRoleId: 'hand', teamIds: new Set(['first']) },
    'MANUAL',
    'hand',
    'hand',
    ['MANUAL', 'TEAM_MAPPING', 'DEFAULT'],
  ],
  [
    'a lock before everything',
    {
      lockedRoleId: 'locked',
      handRoleId: 'hand',
      teamIds: new Set(['first']),
      pushedRoles: new Set(['Pushed']),
    },
    'LOCK',
    'locked',
    'hand',
    ['LOCK', 'MANUAL', 'TEAM_MAPPING', 'PUSHED_ROLE', 'DEFAULT'],
  ],
  [
    'a lock without anything by hand',
    { lockedRoleId: 'locked', teamIds: new Set(['first']) },
    'LOCK',
    'locked',
    'one',
    ['LOCK', 'TEAM_MAPPING', 'DEFAULT'],
  ],
])('the role by %s', (_what, facts, decidedBy, roleId, withoutLock, candidates) => {
  const decision = decideRole(member(facts), rules);
  expect(decision).toMatchObject({ decidedBy, roleId, withoutLock });
  expect(decision.candidates.map(candidate => candidate.rule)).toEqual(candidates);
  expect(decision.candidates.filter(candidate => candidate.won)).toHaveLength(1);
  expect(
    decision.candidates.slice(1).every(candidate => candidate.lostTo === decision.candidates[0]),
  ).toBe(true);
});

test('the explanation names every candidate, says why each lost, and what it would be without the lock', async () => {
  const company = await here.company();
  const [one, two] = [
    await company.owner.teams.create({ name: 'One' }),
    await company.owner.teams.create({ name: 'Two' }),
  ];
  await company.owner.roles.setMappings([
    { teamId: one.id, roleId: company.roles.auditor },
    { pushedRole: 'Boss', roleId: company.roles.admin },
    { teamId: two.id, roleId: company.roles.member },
  ]);
  const ann = await company.provisioned('Ann', { pushedRoles: ['Boss'] });
  await company.owner.teams.admit(one.id, [ann.id]);
  await company.owner.teams.admit(two.id, [ann.id]);
  await company.owner.members.lockRole(ann.id, { roleId: company.roles.owner });
  const told = (await company.owner.roles.explain([ann.id])).get(ann.id)!;
  expect(told).toMatchObject({
    decidedBy: 'LOCK',
    roleId: company.roles.owner,
    withoutLock: company.roles.auditor,
    summary: 'The role Owner is locked; without the lock it would be Auditor.',
  });
  expect(told.candidates.map(({ rule, won, lostBecause }) => [rule, won, lostBecause])).toEqual([
    ['LOCK', true, null],
    ['TEAM_MAPPING', false, 'The role is locked.'],
    ['PUSHED_ROLE', false, 'The role is locked.'],
    ['TEAM_MAPPING', false, 'The role is locked.'],
    ['DEFAULT', false, 'The role is locked.'],
  ]);
  await company.owner.members.unlockRole(ann.id);
  expect((await company.owner.roles.explain([ann.id])).get(ann.id)).toMatchObject({
    summary: 'The role Auditor comes from the team One.',
    candidates: [
      { won: true },
      { lostBecause: 'The mapping of the team One stands before it.' },
      { lostBecause: 'The mapping of the team One stands before it.' },
      { lostBecause: 'The team One is mapped to a role.' },
    ],
  });
  const frozen = (
    await company.owner.audit.page({ subjectId: [ann.id], action: ['member.roleChanged'] })
  ).items[0]!.row;
  expect(frozen.explanation).toMatchObject({
    decidedBy: 'TEAM_MAPPING',
    summary: 'The role Auditor comes from the team One.',
  });
  expect(frozen.changes).toEqual([{ name: 'role', before: 'Owner', after: 'Auditor' }]);
});

interface Cause {
  company: Company;
  annId: string;
  mapped: string;
  other: string;
  dev: string;
}
const causes: [string, (at: Cause) => Promise<unknown>, string, string[]][] = [
  [
    'joining a mapped team',
    ({ company, annId, mapped }) => company.owner.teams.admit(mapped, [annId]),
    'Auditor',
    ['membership.added Ann / Mapped', 'member.roleChanged Ann'],
  ],
  [
    'joining a team that is not mapped',
    ({ company, annId, other }) => company.owner.teams.admit(other, [annId]),
    'Member',
    ['membership.added Ann / Other'],
  ],
  [
    'a mapping of a team it is in',
    async ({ company, annId, other, mapped }) => {
      await company.owner.teams.admit(other, [annId]);
      await company.owner.roles.setMappings([
        { teamId: mapped, roleId: company.roles.auditor },
        { teamId: other, roleId: company.roles.admin },
      ]);
    },
    'Admin',
    ['membership.added Ann / Other', 'roleMapping.created Other', 'member.roleChanged Ann'],
  ],
  [
    'a better position',
    async ({ company, annId, other, mapped }) => {
      await company.owner.roles.setMappings([
        { teamId: mapped, roleId: company.roles.auditor },
        { teamId: other, roleId: company.roles.admin },
      ]);
      await company.owner.teams.admit(other, [annId]);
      await company.owner.teams.admit(mapped, [annId]);
      await company.owner.roles.setMappings([
        { teamId: other, roleId: company.roles.admin },
        { teamId: mapped, roleId: company.roles.auditor },
      ]);
    },
    'Admin',
    [
      'roleMapping.created Other',
      'membership.added Ann / Other',
      'member.roleChanged Ann',
      'membership.added Ann / Mapped',
      'member.roleChanged Ann',
      'roleMapping.updated Other',
      'roleMapping.updated Mapped',
      'member.roleChanged Ann',
    ],
  ],
  [
    'leaving the last mapped team',
    async ({ company, annId, mapped }) => {
      await company.owner.teams.admit(mapped, [annId]);
      await company.owner.teams.expel(mapped, [annId]);
    },
    'Member',
    [
      'membership.added Ann / Mapped',
      'member.roleChanged Ann',
      'membership.removed Ann / Mapped',
      'member.roleChanged Ann',
    ],
  ],
  [
    'a mapping that is taken away',
    async ({ company, annId, mapped }) => {
      await company.owner.teams.admit(mapped, [annId]);
      await company.owner.roles.setMappings([]);
    },
    'Member',
    [
      'membership.added Ann / Mapped',
      'member.roleChanged Ann',
      'roleMapping.removed Mapped',
      'member.roleChanged Ann',
    ],
  ],
  [
    'another default',
    ({ company, dev }) => company.owner.tenants.setDefaultRole(dev),
    'Dev',
    [
      'tenant.defaultRoleSet Northwind Demo',
      'member.roleChanged Ann',
      'member.roleChanged Mateo Rossi',
      'member.roleChanged Yuki Tanaka',
    ],
  ],
  [
    'a pushed role',
    ({ company, annId, mapped }) =>
      company.owner.roles
        .setMappings([
          { teamId: mapped, roleId: company.roles.auditor },
          { pushedRole: 'Boss', roleId: company.roles.admin },
        ])
        .then(() =>
          company.entra.members.rewrite(annId, described('Ann', { pushedRoles: ['Boss'] })),
        ),
    'Admin',
    ['roleMapping.created pushed role Boss', 'member.updated Ann', 'member.roleChanged Ann'],
  ],
  [
    'a mapping of what was pushed before',
    async ({ company, annId }) => {
      await company.entra.members.rewrite(annId, described('Ann', { pushedRoles: ['Boss'] }));
      await company.owner.roles.setMappings([{ pushedRole: 'Boss', roleId: company.roles.admin }]);
    },
    'Admin',
    [
      'member.updated Ann',
      'member.roleChanged Ann',
      'roleMapping.created pushed role Boss',
      'roleMapping.removed Mapped',
    ],
  ],
  [
    'a lock',
    ({ company, annId, dev }) => company.owner.members.lockRole(annId, { roleId: dev }),
    'Dev',
    ['member.roleLocked Ann'],
  ],
  [
    'an unlock',
    async ({ company, annId, dev }) => {
      await company.owner.members.lockRole(annId, { roleId: dev });
      await company.owner.members.unlockRole(annId);
    },
    'Member',
    ['member.roleLocked Ann', 'member.roleUnlocked Ann', 'member.roleChanged Ann'],
  ],
  [
    'a lock whose time is over',
    async ({ company, annId, dev }) => {
      await company.owner.members.lockRole(annId, {
        roleId: dev,
        expiresAt: new Date(Date.now() + 30),
      });
      while ((await company.system.members.releaseExpiredLocks()) === 0);
    },
    'Member',
    ['member.roleLocked Ann', 'member.roleLockExpired Ann', 'member.roleChanged Ann'],
  ],
  [
    'a link that is cut',
    async ({ company, annId, mapped }) => {
      const team = await company.provisionedTeam('Linked', [{ id: annId }]);
      await company.owner.roles.setMappings([
        { teamId: mapped, roleId: company.roles.auditor },
        { teamId: team.id, roleId: company.roles.admin },
      ]);
      await company.owner.members.setLink(annId, company.providerId, null);
    },
    'Member',
    [
      'team.created Linked',
      'membership.added Ann / Linked',
      'roleMapping.created Linked',
      'member.roleChanged Ann',
      'member.unlinked Ann',
      'member.roleChanged Ann',
      'membership.removed Ann / Linked',
    ],
  ],
  [
    'a role that is deleted',
    async ({ company, annId, mapped, dev }) => {
      await company.owner.roles.setMappings([{ teamId: mapped, roleId: dev }]);
      await company.owner.teams.admit(mapped, [annId]);
      await company.owner.roles.remove(dev);
    },
    'Member',
    [
      'roleMapping.updated Mapped',
      'membership.added Ann / Mapped',
      'member.roleChanged Ann',
      'member.roleChanged Ann',
      'roleMapping.removed Mapped / Mapped',
      'role.deleted Dev',
    ],
  ],
];
test.each(causes)('%s settles the role in the same change', async (_cause, deed, role, entries) => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const [mapped, other] = [
    await company.owner.teams.create({ name: 'Mapped' }),
    await company.owner.teams.create({ name: 'Other' }),
  ];
  await company.owner.roles.setMappings([{ teamId: mapped.id, roleId: company.roles.auditor }]);
  const dev = await company.owner.roles.create({ name: 'Dev', permissions: ['DIRECTORY_READ'] });
  const told = await company.told(() =>
    deed({ company, annId: ann.id, mapped: mapped.id, other: other.id, dev: dev.id }),
  );
  expect(told.refusal).toBeNull();
  expect(await company.roleOf(ann)).toBe(role);
  const relevant = told.entries.filter(line => !/Leila|Tomasz/.test(line));
  expect(relevant.toSorted()).toEqual(entries.toSorted());
});

test('the role of an unlocked member that the rules decide is not set by hand, but by a lock in the same call', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  expect(
    await company.told(() => company.owner.members.setRole(ann.id, company.roles.auditor)),
  ).toMatchObject({
    refusal: { code: 'role-ruled', message: expect.stringContaining('lock') },
    entries: [],
  });
  const told = await company.told(() =>
    company.owner.members.setRole(ann.id, company.roles.auditor, { lock: true }),
  );
  expect(told).toMatchObject({
    entries: ['member.roleLocked Ann'],
    result: {
      roleLocked: true,
      roleId: company.roles.auditor,
      lockedBy: { kind: 'member', name: 'Ada Lindqvist' },
    },
  });
});

test('by hand holds for a manual member in mapped teams, and twice is once', async () => {
  const company = await here.company();
  const leila = await company.person('Leila');
  const told = await company.told(() =>
    company.owner.members.setRole(leila.id, company.roles.admin),
  );
  expect(told).toMatchObject({
    entries: ['member.roleChanged Leila Haddad'],
    result: { roleId: company.roles.admin, version: leila.version + 1 },
  });
  expect(
    (await company.told(() => company.owner.members.setRole(leila.id, company.roles.admin)))
      .entries,
  ).toEqual([]);
  await company.owner.teams.expel((await company.team('Security Reviews')).id, [leila.id]);
  expect(await company.roleOf(leila)).toBe('Admin');
});

test('pushed roles are kept and given back as pushed, whatever decided the role', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann', {
    pushedRoles: ['Owner', 'Nobody'],
    profile: { roles: [{ value: 'Owner' }, { value: 'Nobody' }] },
  });
  expect(await company.entra.members.get(ann.id)).toMatchObject({
    pushedRoles: ['owner', 'nobody'],
    profile: { roles: [{ value: 'Owner' }, { value: 'Nobody' }] },
    roleId: company.roles.member,
  });
});

test('a role that is held by hand or by lock needs a replacement to be deleted; whoever is deleted does not count', async () => {
  const company = await here.company();
  const dev = await company.owner.roles.create({ name: 'Dev', permissions: ['DIRECTORY_READ'] });
  const [mateo, yuki, leila] = [
    await company.person('Mateo'),
    await company.person('Yuki'),
    await company.person('Leila'),
  ];
  await company.owner.members.setRole(mateo.id, dev.id);
  await company.owner.members.lockRole(yuki.id, { roleId: dev.id });
  await company.owner.members.setRole(leila.id, dev.id);
  await company.owner.members.remove(leila.id);
  expect(await company.told(() => company.owner.roles.remove(dev.id))).toMatchObject({
    refusal: { code: 'invalid', message: expect.stringMatching(/^2 member/) },
    entries: [],
  });
  const told = await company.told(() => company.owner.roles.remove(dev.id, company.roles.auditor));
  expect(told.entries.toSorted()).toEqual([
    'member.roleChanged Leila Haddad',
    'member.roleChanged Mateo Rossi',
    'member.roleChanged Yuki Tanaka',
    'role.deleted Dev',
  ]);
  expect(await company.fresh(yuki)).toMatchObject({
    roleId: company.roles.auditor,
    roleLocked: true,
  });
  await company.owner.members.restore(leila.id);
  expect(await company.roleOf(leila)).toBe('Auditor'); // Security Reviews again
});

test.each<[string, (company: Company) => Promise<unknown>, string]>([
  [
    'a built-in role is not deleted',
    company => company.owner.roles.remove(company.roles.auditor),
    'invalid',
  ],
  [
    'the owner keeps every permission',
    company => company.owner.roles.update(company.roles.owner, { permissions: [] }),
    'invalid',
  ],
  [
    'nobody becomes an owner by default',
    company => company.owner.tenants.setDefaultRole(company.roles.owner),
    'invalid',
  ],
  [
    'nobody gives more than they have: by hand',
    async company =>
      company.admin.members.setRole((await company.person('Mateo')).id, company.roles.owner),
    'beyond-reach',
  ],
  [
    'nobody gives more than they have: by lock',
    async company =>
      company.admin.members.lockRole((await company.person('Mateo')).id, {
        roleId: company.roles.owner,
      }),
    'beyond-reach',
  ],
  [
    'nobody gives more than they have: by mapping',
    async company =>
      company.admin.roles.setMappings([
        { teamId: (await company.team('Finance')).id, roleId: company.roles.owner },
      ]),
    'beyond-reach',
  ],
  [
    'nobody gives more than they have: by a new role',
    company => company.admin.roles.create({ name: 'More', permissions: ['TENANT_ADMIN'] }),
    'beyond-reach',
  ],
  [
    'nobody gives more than they have: by invitation',
    company => company.admin.members.invite({ email: 'x@y.example', roleId: company.roles.owner }),
    'beyond-reach',
  ],
  [
    'an admin does not demote an owner',
    async company =>
      company.admin.members.setRole((await company.person('Ada')).id, company.roles.member),
    'beyond-reach',
  ],
  [
    'a mapping names a team or a pushed role',
    company => company.owner.roles.setMappings([{ roleId: company.roles.member }]),
    'invalid',
  ],
  [
    'each source is mapped once',
    company =>
      company.owner.roles.setMappings([
        { pushedRole: 'A', roleId: company.roles.member },
        { pushedRole: 'A', roleId: company.roles.admin },
      ]),
    'invalid',
  ],
])('%s', async (_rule, deed, code) => {
  const company = await here.company();
  const told = await company.told(() => deed(company));
  expect(told.refusal).toMatchObject({ code });
  // What reaches too high is remembered; what makes no sense is not.
  expect(told.entries).toEqual(code === 'beyond-reach' ? [expect.stringMatching(/^FAILURE /)] : []);
});

test('mappings that stay keep their id, and the same list changes nothing', async () => {
  const company = await here.company();
  const before = await company.owner.roles.mappings();
  const wishes = before.map(({ teamId, pushedRole, roleId }) => ({ teamId, pushedRole, roleId }));
  expect((await company.told(() => company.owner.roles.setMappings(wishes))).entries).toEqual([]);
  const turned = await company.told(() => company.owner.roles.setMappings(wishes.toReversed()));
  expect(turned.entries).toEqual([
    'roleMapping.updated Engineering',
    'roleMapping.updated Security Reviews',
  ]);
  expect(turned.result.map(mapping => mapping.id)).toEqual(
    before.map(mapping => mapping.id).toReversed(),
  );
});
