import { expect, test } from 'vitest';
import { type Company, described, stage } from '../support/company.ts';
import type { MemberRow, TeamRow } from '../../src/directory/index.ts';

const here = stage();

interface Scene {
  company: Company;
  ann: MemberRow;
  sales: TeamRow;
}
async function scene(): Promise<Scene> {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  const sales = await company.provisionedTeam('Sales', [ann]);
  return { company, ann, sales };
}

const rule1: [string, (scene: Scene) => Promise<unknown>, string, string[]][] = [
  [
    'the user name of a managed member',
    ({ company, ann }) => company.owner.members.update(ann.id, { userName: 'x@y.example' }),
    'FAILURE member.updated Ann',
    ['userName'],
  ],
  [
    'the address and the names of a managed member',
    ({ company, ann }) =>
      company.owner.members.update(ann.id, {
        email: 'x@y.example',
        givenName: 'X',
        familyName: 'Y',
      }),
    'FAILURE member.updated Ann',
    ['email', 'givenName', 'familyName'],
  ],
  [
    'whether a managed member is active',
    ({ company, ann }) => company.owner.members.disable(ann.id),
    'FAILURE member.disabled Ann',
    ['active'],
  ],
  [
    'the account of a managed member',
    ({ company, ann }) => company.owner.members.setLink(ann.id, company.providerId, 'other'),
    'FAILURE member.linked Ann',
    ['externalId'],
  ],
  [
    'the existence of a managed member',
    ({ company, ann }) => company.owner.members.remove(ann.id),
    'FAILURE member.deleted Ann',
    ['existence'],
  ],
  [
    'the name of a managed team',
    ({ company, sales }) => company.owner.teams.rename(sales.id, 'Trade'),
    'FAILURE team.updated Sales',
    ['name'],
  ],
  [
    'the existence of a managed team',
    ({ company, sales }) => company.owner.teams.remove(sales.id),
    'FAILURE team.deleted Sales',
    ['existence'],
  ],
  [
    'who leaves a managed team',
    ({ company, ann, sales }) => company.owner.teams.expel(sales.id, [ann.id]),
    'FAILURE membership.removed Sales',
    ['members'],
  ],
  [
    'who of the provider is in a managed team',
    async ({ company, sales }) =>
      company.owner.teams.admit(sales.id, [(await company.provisioned('Zoe')).id]),
    'FAILURE membership.added Sales',
    ['members'],
  ],
];
test.each(rule1)(
  '%s cannot be changed here: one failure is recorded and nothing else happens',
  async (_what, deed, entry, fields) => {
    const at = await scene();
    const { company, ann, sales } = at;
    const told = await company.told(() => deed(at));
    expect(told.refusal).toMatchObject({
      code: 'provisioned-read-only',
      facts: { providerId: company.providerId, readOnlyFields: fields },
    });
    expect(told.refusal?.message).toContain('Microsoft Entra ID');
    expect(told.entries.filter(line => line !== 'member.created Zoe')).toEqual([entry]);
    expect(await company.fresh(ann)).toEqual(ann);
    expect(await company.freshTeam(sales)).toEqual(sales);
    expect(await company.inside(sales)).toEqual(['Ann']);
  },
);

test('paused counts as managed: nothing becomes editable', async () => {
  const { company, ann } = await scene();
  await company.switchTo('PAUSED');
  expect(
    (await company.told(() => company.owner.members.update(ann.id, { givenName: 'X' }))).refusal
      ?.code,
  ).toBe('provisioned-read-only');
});

test('role, lock and manual teams of a managed member stay ours', async () => {
  const { company, ann } = await scene();
  const told = await company.told(async () => {
    await company.owner.members.lockRole(ann.id, { roleId: company.roles.auditor });
    await company.owner.members.unlockRole(ann.id);
    await company.owner.teams.admit((await company.team('Finance')).id, [ann.id]);
  });
  expect(told.entries).toEqual([
    'member.roleLocked Ann',
    'member.roleUnlocked Ann',
    'member.roleChanged Ann',
    'membership.added Ann / Finance',
  ]);
});

test('beside a provider people are still invited and teams made by hand', async () => {
  const { company } = await scene();
  const told = await company.told(async () => {
    await company.owner.members.invite({ email: 'by-hand@north.example' });
    await company.owner.teams.create({ name: 'By Hand' });
  });
  expect(told.entries).toEqual(['member.invited by-hand@north.example', 'team.created By Hand']);
  expect(told.owed).toBe(1);
});

test.each<[string, (scene: Scene) => Promise<unknown>]>([
  [
    'a manual member may not join a managed team',
    async ({ company, sales }) =>
      company.owner.teams.admit(sales.id, [(await company.person('Grace')).id]),
  ],
  [
    'nor be invited into one',
    ({ company, sales }) =>
      company.owner.members.invite({ email: 'new@north.example', teamIds: [sales.id] }),
  ],
  [
    'nor may a member of another provider',
    async ({ company, sales }) => {
      const okta = await company.secondProvider();
      const kim = await okta.directory.members.provision(described('Kim'), {});
      return company.owner.teams.admit(sales.id, [kim.id]);
    },
  ],
])('%s', async (_title, deed) => {
  const at = await scene();
  const told = await at.company.told(() => deed(at));
  expect(told.refusal?.code).toBe('manual-member-in-provisioned-team');
  expect(told.entries.filter(line => line.startsWith('FAILURE'))).toEqual([
    'FAILURE membership.added Sales',
  ]);
  expect(await at.company.inside(at.sales)).toEqual(['Ann']);
  expect(await at.company.system.members.byHandle({ userName: 'new@north.example' })).toBeNull();
  expect(told.owed).toBeLessThanOrEqual(1); // only Kim, whom a provider made
});

test('the list of teams that one may join leaves managed teams out', async () => {
  const { company, ann } = await scene();
  const names = async (memberId?: string) =>
    (await company.owner.teams.joinable({ memberId })).items.map(({ row }) => row.name).toSorted();
  expect(await names()).toEqual(['Engineering', 'Finance', 'Security Reviews']);
  expect(await names((await company.person('Grace')).id)).toEqual(['Finance', 'Security Reviews']);
  expect(await names(ann.id)).toEqual(['Engineering', 'Finance', 'Security Reviews']);
  await company.switchTo('OFF');
  expect(await names()).toEqual(['Engineering', 'Finance', 'Sales', 'Security Reviews']);
});

test('a provider sees nothing but what is linked to it, and names nothing else', async () => {
  const { company, ann, sales } = await scene();
  const okta = await company.secondProvider();
  const grace = await company.person('Grace');
  const other = await here.company();
  const foreign = await other.person('Grace');
  for (const id of [
    ann.id,
    grace.id,
    foreign.id,
    '00000000-0000-7000-8000-000000000000',
    'nonsense',
  ]) {
    expect(await okta.directory.members.get(id)).toBeNull();
    for (const deed of [
      () => okta.directory.members.rewrite(id, described('X')),
      () => okta.directory.members.remove(id),
    ]) {
      expect(await company.told(deed)).toMatchObject({
        refusal: { code: 'not-found', message: 'No such member.' },
        entries: [],
      });
    }
  }
  expect(
    await company.told(() => okta.directory.teams.apply(sales.id, [{ kind: 'empty' }])),
  ).toMatchObject({ refusal: { code: 'not-found' }, entries: [] });
  expect(await okta.directory.members.page()).toMatchObject({ items: [] });
  expect(await okta.directory.teams.page()).toMatchObject({ items: [] });
  const own = await okta.directory.teams.provision({ name: 'Theirs', externalId: null }, [], {});
  expect(
    (
      await company.told(() =>
        okta.directory.teams.apply(own.id, [{ kind: 'admit', memberIds: [ann.id] }]),
      )
    ).refusal?.code,
  ).toBe('unknown-member');
});

test('a name in other letters is the same name: the link holds, and the provider finds it again', async () => {
  const company = await here.company();
  const { id, userName } = await company.provisioned('Ann');
  const team = await company.entra.teams.provision({ name: 'Crew', externalId: 'g-crew' }, [], {});
  await company.owner.identityProviders.update(company.providerId, { provisioning: 'OFF' });
  expect(
    await company.owner.members.update(id, { userName: userName.toUpperCase() }),
  ).toMatchObject({ userName: userName.toUpperCase(), providerId: company.providerId });
  expect(await company.owner.teams.rename(team.id, 'CREW')).toMatchObject({
    name: 'CREW',
    providerId: company.providerId,
  });
});
