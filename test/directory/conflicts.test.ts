import { expect, test } from 'vitest';
import type { ConflictChoice } from '../../src/directory/index.ts';

import { type Company, described, stage } from '../support/company.ts';

const here = stage();

async function scene() {
  const company = await here.company();
  const mateo = await company.person('Mateo');
  const clash = () =>
    company.provisioned('Mateo', {
      userName: 'MATEO@northwind.example',
      email: 'm.rossi@provider.example',
      familyName: 'R.',
      profile: { title: 'Cook' },
    });
  const refused = await company.told(clash);
  const [open] = await company.owner.conflicts.open(10);
  return { company, mateo, clash, refused, open: open! };
}

test('a POST that meets a manual member is refused in words, opens one case, and takes nothing over', async () => {
  const { company, mateo, refused, open } = await scene();
  expect(refused.refusal).toMatchObject({
    code: 'held-by-hand',
    facts: { field: ['userName'], holderId: mateo.id, providerId: company.providerId },
  });
  expect(refused.refusal?.message).toContain('made by hand');
  expect(refused).toMatchObject({
    entries: ['conflict.opened MATEO@northwind.example', 'FAILURE member.created Mateo'],
    owed: 0,
  });
  expect(open).toMatchObject({
    kind: 'member',
    candidateId: mateo.id,
    attempts: 1,
    settledAt: null,
    choice: null,
    sent: { userName: 'Mateo@north.example' },
  });
  expect(await company.fresh(mateo)).toEqual(mateo);
});

test('retries attach to the open case, whatever the case of the name', async () => {
  const { company, clash, open } = await scene();
  expect((await company.told(clash)).entries).toEqual(['FAILURE member.created Mateo']);
  expect(
    (
      await company.told(() =>
        company.provisioned('Mateo', { userName: 'mateo@NORTHWIND.example' }),
      )
    ).refusal?.code,
  ).toBe('held-by-hand');
  expect(await company.owner.conflicts.open(10)).toMatchObject([{ id: open.id, attempts: 3 }]);
});

const choices: [ConflictChoice, string[], object, number][] = [
  [
    'LINK_KEEP',
    ['conflict.resolved mateo@northwind.example', 'member.linked Mateo Rossi'],
    {
      userName: 'mateo@northwind.example',
      email: 'mateo@northwind.example',
      familyName: 'Rossi',
      profile: {},
    },
    0,
  ],
  [
    'LINK_OVERWRITE',
    ['conflict.resolved mateo@northwind.example', 'member.linked Mateo'],
    {
      userName: 'MATEO@northwind.example',
      email: 'm.rossi@provider.example',
      familyName: 'R.',
      profile: { title: 'Cook' },
    },
    0,
  ],
];
test.each(choices)(
  '%s links: the next look-up finds it, origin stays MANUAL, managed becomes true',
  async (choice, entries, after, owed) => {
    const { company, mateo, open } = await scene();
    const told = await company.told(() => company.owner.conflicts.resolve([open.id], choice));
    expect(told.entries.toSorted()).toEqual(entries);
    expect(told).toMatchObject({
      refusal: null,
      owed,
      result: [{ id: open.id, choice, settledAt: expect.any(Date) }],
    });
    expect(
      await company.entra.members.byHandle({ userName: 'mateo@northwind.example' }),
    ).toMatchObject({
      id: mateo.id,
      origin: 'MANUAL',
      originProviderId: null,
      providerId: company.providerId,
      externalId: 'x-Mateo',
      ...after,
    });
    expect(
      (await company.told(() => company.owner.members.update(mateo.id, { givenName: 'X' }))).refusal
        ?.code,
    ).toBe('provisioned-read-only');
    expect(
      (
        await company.told(() =>
          company.provisioned('Mateo', { userName: 'mateo@northwind.example' }),
        )
      ).refusal?.code,
    ).toBe('user-name-taken');
    // A role by hand counts for whoever was made by hand (rule 12).
    expect(
      (await company.told(() => company.owner.members.setRole(mateo.id, company.roles.auditor)))
        .refusal,
    ).toBeNull();
    expect(await company.owner.conflicts.open(10)).toEqual([]);
  },
);

test('CREATE_NEW renames the local one and makes the provider’s, invited as any new one', async () => {
  const { company, mateo, open } = await scene();
  const told = await company.told(() => company.owner.conflicts.resolve([open.id], 'CREATE_NEW'));
  expect(told.entries.toSorted()).toEqual([
    'conflict.resolved mateo@northwind.example',
    'member.created Mateo',
    'member.updated Mateo Rossi',
  ]);
  expect(told.owed).toBe(1);
  expect(await company.fresh(mateo)).toMatchObject({
    userName: expect.stringMatching(/^mateo@northwind\.example \(local \w+\)$/),
    providerId: null,
  });
  expect(
    await company.entra.members.byHandle({ userName: 'mateo@northwind.example' }),
  ).toMatchObject({ origin: 'SCIM', externalId: 'x-Mateo' });
});

test('CREATE_NEW of one who is switched off invites nobody', async () => {
  const company = await here.company();
  await company.told(() =>
    company.provisioned('Mateo', { userName: 'mateo@northwind.example', active: false }),
  );
  const [open] = await company.owner.conflicts.open(1);
  expect(
    await company.told(() => company.owner.conflicts.resolve([open!.id], 'CREATE_NEW')),
  ).toMatchObject({ refusal: null, owed: 0 });
});

test('REJECT closes the case for good: retries are counted and open no other; a person may still decide otherwise', async () => {
  const { company, clash, open, mateo } = await scene();
  expect(
    (await company.told(() => company.owner.conflicts.resolve([open.id], 'REJECT'))).entries,
  ).toEqual(['conflict.resolved mateo@northwind.example']);
  expect(await company.told(clash)).toMatchObject({
    refusal: { code: 'held-by-hand' },
    entries: ['FAILURE member.created Mateo'],
  });
  expect(await company.owner.conflicts.open(10)).toEqual([]);
  expect(await company.owner.conflicts.byIds([open.id])).toMatchObject([
    { choice: 'REJECT', attempts: 2 },
  ]);
  await company.owner.conflicts.resolve([open.id], 'LINK_KEEP');
  expect((await company.fresh(mateo)).providerId).toBe(company.providerId);
});

test('many at once, all or none', async () => {
  const company = await here.company();
  for (const name of ['Mateo', 'Yuki', 'Leila'])
    await company.told(() => company.provisioned(name, { userName: `${name}@northwind.example` }));
  await company.told(() => company.provisionedTeam('finance'));
  const open = await company.owner.conflicts.open(10);
  expect(open.map(({ kind }) => kind)).toEqual(['member', 'member', 'member', 'team']);
  const yuki = await company.person('Yuki');
  await company.owner.members.remove(yuki.id);
  expect(
    await company.told(() =>
      company.owner.conflicts.resolve(
        open.map(({ id }) => id),
        'LINK_KEEP',
      ),
    ),
  ).toMatchObject({ refusal: { code: 'invalid' }, entries: [] });
  const rest = open
    .filter(({ candidateId, kind }) => candidateId !== yuki.id && kind === 'member')
    .map(({ id }) => id);
  const told = await company.told(() => company.owner.conflicts.resolve(rest, 'LINK_KEEP'));
  expect(told.entries).toHaveLength(4);
  // Yuki's is over: she is gone
  expect((await company.owner.conflicts.open(10)).map(({ kind }) => kind)).toEqual(['team']);
});

test('a case whose member was renamed meanwhile is not linked by mistake', async () => {
  const { company, mateo, clash, open } = await scene();
  await company.owner.members.update(mateo.id, { userName: 'other@northwind.example' });
  expect((await company.told(clash)).entries).toEqual(['member.created Mateo']);
  expect(
    (await company.told(() => company.owner.conflicts.resolve([open.id], 'LINK_KEEP'))).refusal,
  ).toMatchObject({ code: 'invalid' });
  expect(
    (await company.told(() => company.owner.conflicts.resolve([open.id], 'REJECT'))).refusal,
  ).toBeNull();
});

const teamChoices: [ConflictChoice, string[]][] = [
  ['LINK_KEEP', ['conflict.resolved finance', 'team.linked Finance']],
  ['LINK_OVERWRITE', ['conflict.resolved finance', 'team.linked FINANCE']],
  [
    'CREATE_NEW',
    ['conflict.resolved finance', 'team.created FINANCE', 'team.updated Finance (local'],
  ],
  ['REJECT', ['conflict.resolved finance']],
];
test.each(teamChoices)('a team of the same name: %s', async (choice, entries) => {
  const company = await here.company();
  const finance = await company.team('Finance');
  await company.owner.teams.expel(finance.id, [
    (await company.person('Ingrid')).id,
    (await company.person('Leila')).id,
  ]);
  const refused = await company.told(() => company.provisionedTeam('FINANCE'));
  expect(refused).toMatchObject({
    refusal: { code: 'held-by-hand' },
    entries: ['conflict.opened FINANCE', 'FAILURE team.created FINANCE'],
  });
  const [open] = await company.owner.conflicts.open(1);
  const told = await company.told(() => company.owner.conflicts.resolve([open!.id], choice));
  expect(
    told.entries.toSorted().map((line, index) => line.slice(0, entries[index]?.length)),
  ).toEqual(entries);
  expect(await company.freshTeam(finance)).toMatchObject({
    origin: 'MANUAL',
    providerId: choice.startsWith('LINK') ? company.providerId : null,
  });
});

test('a team with strangers inside is not linked', async () => {
  const company = await here.company();
  const finance = await company.team('Finance');
  await company.told(() => company.provisionedTeam('Finance'));
  const [open] = await company.owner.conflicts.open(1);
  expect(
    await company.told(() => company.owner.conflicts.resolve([open!.id], 'LINK_KEEP')),
  ).toMatchObject({ refusal: { code: 'manual-members-inside' }, entries: [] });
  expect(await company.freshTeam(finance)).toEqual(finance);
});

test.each<[string, (company: Company) => Promise<unknown>, boolean]>([
  [
    'a member without administering rights',
    company => company.provisioned('Mateo', { userName: 'mateo@northwind.example' }),
    true,
  ],
  [
    'a member whose role administers',
    company => company.provisioned('Grace', { userName: 'grace@northwind.example' }),
    false,
  ],
  ['an owner', company => company.provisioned('Ada', { userName: 'ada@northwind.example' }), false],
  [
    'a member who administers by a lock',
    async company => {
      await company.owner.members.lockRole((await company.person('Yuki')).id, {
        roleId: company.roles.admin,
      });
      return company.provisioned('Yuki', { userName: 'yuki@northwind.example' });
    },
    false,
  ],
  [
    'a team that holds only the provider’s members',
    async company => {
      await company.owner.teams.create({ name: 'Empty' });
      return company.provisionedTeam('empty');
    },
    true,
  ],
  ['a team with strangers inside', company => company.provisionedTeam('finance'), false],
])('ADOPT and %s', async (_who, deed, adopted) => {
  const company = await here.company();
  await company.owner.identityProviders.update(company.providerId, { adoption: 'ADOPT' });
  const told = await company.told(() => deed(company));
  expect(told.refusal?.code).toBe(adopted ? undefined : 'held-by-hand');
  expect(told.owed).toBe(0);
  if (adopted)
    expect(told.result).toMatchObject({ origin: 'MANUAL', providerId: company.providerId });
  expect(await company.owner.conflicts.open(5)).toHaveLength(adopted ? 0 : 1);
  expect(
    told.entries.filter(line => / member\.created|FAILURE team|linked/.test(line)),
  ).toHaveLength(1);
});

test('what is its own already collides as such and opens no case; what another provider has opens one', async () => {
  const company = await here.company();
  await company.provisioned('Ann');
  await company.provisionedTeam('Sales');
  const okta = await company.secondProvider();
  expect(await company.told(() => company.provisioned('Ann'))).toMatchObject({
    refusal: { code: 'user-name-taken' },
    entries: [],
  });
  expect(await company.told(() => company.provisionedTeam('SALES'))).toMatchObject({
    refusal: { code: 'name-taken' },
    entries: [],
  });
  const ann = () =>
    okta.directory.members.provision(described('ANN', { userName: 'ANN@north.example' }), {});
  const sales = () => okta.directory.teams.provision({ name: 'sales', externalId: null }, [], {});
  expect(await company.told(ann)).toMatchObject({
    refusal: { code: 'held-by-another-provider' },
    entries: ['conflict.opened ANN@north.example', 'FAILURE member.created ANN'],
  });
  expect(await company.told(sales)).toMatchObject({
    refusal: { code: 'held-by-another-provider' },
    entries: ['conflict.opened sales', 'FAILURE team.created sales'],
  });
  expect((await company.owner.conflicts.open(5)).map(({ kind }) => kind)).toEqual([
    'member',
    'team',
  ]);
});
