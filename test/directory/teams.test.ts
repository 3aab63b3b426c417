import { expect, test } from 'vitest';
import { type Company, described, stage } from '../support/company.ts';

const here = stage();

test('a team made by hand takes in manual and provisioned members, when it is made and later', async () => {
  const company = await here.company();
  const [ann, ben, grace] = [
    await company.provisioned('Ann'),
    await company.provisioned('Ben'),
    await company.person('Grace'),
  ];
  const made = await company.told(() =>
    company.owner.teams.create({ name: ' Mixed ', memberIds: [ann.id, grace.id, ann.id] }),
  );
  expect(made.entries).toEqual([
    'team.created Mixed',
    'membership.added Grace Okafor / Mixed',
    'membership.added Ann / Mixed',
  ]);
  const later = await company.told(() =>
    company.owner.teams.admit(made.result.id, [ben.id, ann.id]),
  );
  expect(later.entries).toEqual(['membership.added Ben / Mixed']);
  const again = await company.told(() => company.owner.teams.admit(made.result.id, [ben.id]));
  expect(again.entries).toEqual([]);
  expect(await company.inside(made.result)).toEqual(['Ann', 'Ben', 'Grace']);
  expect(await company.freshTeam(made.result)).toEqual({
    ...made.result,
    // who is in it is part of what the version speaks for; the second time nobody joined
    version: 2,
    updatedAt: expect.any(Date),
  });
});

const syncs: [string, (company: Company, teamId: string, annId: string) => Promise<unknown>][] = [
  [
    'a new list',
    (company, id) => company.entra.teams.apply(id, [{ kind: 'replace', memberIds: [] }]),
  ],
  ['an emptied group', (company, id) => company.entra.teams.apply(id, [{ kind: 'empty' }])],
  [
    'a member taken out',
    (company, id, annId) => company.entra.teams.apply(id, [{ kind: 'expel', memberIds: [annId] }]),
  ],
  ['a deleted group', (company, id) => company.entra.teams.remove(id)],
];
test.each(syncs)(
  '%s from the provider touches its own team and no membership of a manual one',
  async (_how, sync) => {
    const company = await here.company();
    const ann = await company.provisioned('Ann');
    const sales = await company.provisionedTeam('Sales', [ann]);
    const byHand = await company.owner.teams.create({ name: 'By Hand', memberIds: [ann.id] });
    await sync(company, sales.id, ann.id);
    expect(await company.inside(sales)).toEqual([]);
    expect(await company.inside(byHand)).toEqual(['Ann']);
    expect(
      (await company.told(() => company.entra.teams.apply(byHand.id, [{ kind: 'empty' }]))).refusal
        ?.code,
    ).toBe('not-found');
  },
);

test('disabling keeps the memberships of a provisioned member, deleting removes them, restoring brings back those that may be', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const sales = await company.provisionedTeam('Sales', [ann]);
  const byHand = await company.owner.teams.create({ name: 'By Hand', memberIds: [ann.id] });
  await company.entra.members.rewrite(ann.id, described('Ann', { active: false }));
  expect([await company.inside(sales), await company.inside(byHand)]).toEqual([['Ann'], ['Ann']]);
  await company.entra.members.remove(ann.id);
  expect([await company.inside(sales), await company.inside(byHand)]).toEqual([[], []]);
  const told = await company.told(() => company.owner.members.restore(ann.id));
  expect(told.entries).toEqual(['member.restored Ann', 'membership.added Ann / By Hand']);
  expect([await company.inside(sales), await company.inside(byHand)]).toEqual([[], ['Ann']]);
  expect(told.result).toMatchObject({ state: 'DISABLED', providerId: null, origin: 'SCIM' });
});

test('what joins and leaves in one change has done nothing, either way round', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const ben = await company.provisioned('Ben');
  const sales = await company.provisionedTeam('Sales', [ben]);
  const told = await company.told(() =>
    company.entra.teams.apply(sales.id, [
      { kind: 'admit', memberIds: [ann.id] },
      { kind: 'expel', memberIds: [ann.id] },
      { kind: 'expel', memberIds: [ben.id] },
      { kind: 'admit', memberIds: [ben.id] },
    ]),
  );
  expect(told.entries).toEqual([]);
  expect(await company.inside(sales)).toEqual(['Ben']);
});

test('one bad step and nothing of the change remains', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const sales = await company.provisionedTeam('Sales');
  const told = await company.told(() =>
    company.entra.teams.apply(sales.id, [
      { kind: 'admit', memberIds: [ann.id] },
      { kind: 'rename', team: { name: 'Trade' } },
      { kind: 'admit', memberIds: ['nobody'] },
    ]),
  );
  expect(told).toMatchObject({
    refusal: { code: 'unknown-member', facts: { objectIds: ['nobody'] } },
    entries: [],
  });
  expect(await company.freshTeam(sales)).toEqual(sales);
  expect(await company.inside(sales)).toEqual([]);
});

test('what is there already changes nothing: no entry, no version', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const sales = await company.provisionedTeam('Sales', [ann]);
  const finance = await company.team('Finance');
  const told = await company.told(async () => {
    await company.entra.teams.apply(sales.id, [
      { kind: 'rename', team: { name: 'Sales', externalId: 'g-Sales' } },
      { kind: 'replace', memberIds: [ann.id] },
      { kind: 'expel', memberIds: ['00000000-0000-7000-8000-000000000000'] },
    ]);
    await company.owner.teams.rename(finance.id, 'Finance');
    await company.owner.teams.expel(finance.id, [ann.id]);
  });
  expect(told.entries).toEqual([]);
  expect(await company.freshTeam(sales)).toEqual(sales);
  expect(await company.freshTeam(finance)).toEqual(finance);
});

test('a name is given once, whatever its case, also to a detached team', async () => {
  const company = await here.company();
  const sales = await company.provisionedTeam('Sales');
  await company.switchTo('OFF');
  await company.owner.teams.rename(sales.id, 'Old Sales');
  for (const deed of [
    () => company.owner.teams.create({ name: 'finance' }),
    () => company.owner.teams.create({ name: 'OLD SALES' }),
    async () => company.owner.teams.rename((await company.team('Finance')).id, 'engineering'),
  ]) {
    expect(await company.told(deed)).toMatchObject({
      refusal: { code: 'name-taken', facts: { field: ['name'] } },
      entries: [],
    });
  }
  const told = await company.told(async () =>
    company.owner.teams.rename((await company.team('Finance')).id, 'FINANCE'),
  );
  expect(told.entries).toEqual(['team.updated FINANCE']);
});

test('deleting a team takes its memberships and its mapping, and settles whoever had a role from it', async () => {
  const company = await here.company();
  const reviews = await company.team('Security Reviews');
  const [leila, tomasz] = [await company.person('Leila'), await company.person('Tomasz')];
  expect(await company.roleOf(leila)).toBe('Auditor');
  const told = await company.told(() => company.owner.teams.remove(reviews.id));
  expect(told.entries.toSorted()).toEqual([
    'member.roleChanged Leila Haddad',
    'member.roleChanged Tomasz Nowak',
    'membership.removed Leila Haddad / Security Reviews',
    'membership.removed Tomasz Nowak / Security Reviews',
    'roleMapping.removed Security Reviews / Security Reviews',
    'team.deleted Security Reviews',
  ]);
  expect(await company.roleOf(leila)).toBe('Member');
  expect(await company.roleOf(tomasz)).toBe('Member');
  expect(await company.owner.roles.mappings()).toHaveLength(1);
});

test('nobody lets others into more than they have', async () => {
  const company = await here.company();
  const board = await company.owner.teams.create({ name: 'Board' });
  const grace = await company.person('Grace');
  await company.owner.roles.setMappings([{ teamId: board.id, roleId: company.roles.owner }]);
  const told = await company.told(() => company.admin.teams.admit(board.id, [grace.id]));
  expect(told.refusal?.code).toBe('beyond-reach');
  expect(await company.inside(board)).toEqual([]);
  const yuki = await company.person('Yuki');
  await company.owner.teams.admit(board.id, [yuki.id]);
  expect(await company.roleOf(yuki)).toBe('Owner');
});
