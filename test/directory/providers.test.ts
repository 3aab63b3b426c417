import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { authenticate } from '../../src/directory/index.ts';
import { type Company, described, stage } from '../support/company.ts';

const here = stage();

async function scene() {
  const company = await here.company();
  const [ann, ben] = [await company.provisioned('Ann'), await company.provisioned('Ben')];
  return { company, ann, ben, sales: await company.provisionedTeam('Sales', [ann, ben]) };
}

test('OFF is one provider row and its credentials: everything is editable at once and keeps its mark', async () => {
  const { company, ann, sales } = await scene();
  const { secretToken } = await company.owner.identityProviders.rotate(company.providerId);
  expect(await authenticate(here.store, secretToken!)).not.toBeNull();
  const told = await company.told(() => company.switchTo('OFF'));
  expect(told.entries).toEqual(['identityProvider.switchedOff Microsoft Entra ID']);
  const writes = told.statements.filter(
    text => /^\s*(insert|update|delete|with)/i.test(text) && !/audit_entries/.test(text),
  );
  expect(
    writes.map(text => /"(\w+)"/.exec(text)?.[1] ?? text).toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(['credentials', 'identity_providers']);
  expect(await authenticate(here.store, secretToken!)).toBeNull();
  expect(await company.fresh(ann)).toEqual(ann);
  expect(await company.freshTeam(sales)).toEqual(sales);
  expect(
    (await company.told(() => company.owner.members.update(ann.id, { familyName: 'Lee' }))).refusal,
  ).toBeNull();
  expect(await company.told(() => company.owner.teams.admit(sales.id, []))).toMatchObject({
    refusal: null,
    entries: [],
  });
  for (const deed of [
    () => company.provisioned('Zoe'),
    () => company.entra.members.remove(ann.id),
    () => company.provisionedTeam('Zoo'),
    () => company.entra.teams.apply(sales.id, [{ kind: 'empty' }]),
  ]) {
    expect(await company.told<unknown>(deed)).toMatchObject({
      refusal: { code: 'provisioning-off' },
      entries: [],
    });
  }
});

test('paused takes no change and keeps every credential', async () => {
  const { company, ann } = await scene();
  const { secretToken } = await company.owner.identityProviders.rotate(company.providerId);
  expect((await company.told(() => company.switchTo('PAUSED'))).entries).toEqual([
    'identityProvider.paused Microsoft Entra ID',
  ]);
  expect(await authenticate(here.store, secretToken!)).not.toBeNull();
  expect(await company.told(() => company.entra.members.remove(ann.id))).toMatchObject({
    refusal: { code: 'provisioning-paused' },
    entries: [],
  });
  expect(await company.switchTo('ON')).toMatchObject({ secretToken: null });
});

test('unedited, OFF and ON again changes nobody: same ids, managed again', async () => {
  const { company, ann, sales } = await scene();
  await company.switchTo('OFF');
  const told = await company.told(() => company.switchTo('ON'));
  expect(told.entries).toEqual(['identityProvider.switchedOn Microsoft Entra ID']);
  expect(told.result.secretToken).toMatch(/^muster_idp_/);
  const cycle = await company.told(async () => {
    await company.entra.members.rewrite(ann.id, described('Ann'));
    await company.entra.teams.apply(sales.id, [{ kind: 'rename', team: { name: 'Sales' } }]);
  });
  expect(cycle.entries).toEqual([]);
  expect(await company.fresh(ann)).toEqual(ann);
  expect(
    (await company.told(() => company.owner.members.update(ann.id, { familyName: 'Lee' }))).refusal
      ?.code,
  ).toBe('provisioned-read-only');
  expect((await company.told(() => company.switchTo('ON'))).entries).toEqual([]);
});

const edits: [string, (company: Company, annId: string) => Promise<unknown>, string, boolean][] = [
  [
    'the user name',
    (company, id) => company.owner.members.update(id, { userName: 'ann.new@north.example' }),
    'ann.new@north.example',
    true,
  ],
  [
    'the case of the user name',
    (company, id) => company.owner.members.update(id, { userName: 'ANN@north.example' }),
    'ANN@north.example',
    false,
  ],
  [
    'the address where it is the user name',
    (company, id) => company.owner.members.update(id, { email: 'ann.new@north.example' }),
    'ann.new@north.example',
    true,
  ],
  [
    'a name only',
    (company, id) => company.owner.members.update(id, { familyName: 'Lee' }),
    'ann@north.example',
    false,
  ],
  [
    'the same user name',
    (company, id) =>
      company.owner.members.update(id, { userName: 'ann@north.example', familyName: 'Lee' }),
    'ann@north.example',
    false,
  ],
];
test.each(edits)(
  'an edit of %s while OFF decides whether the link is cut',
  async (_what, edit, userName, cut) => {
    const { company, ann } = await scene();
    await company.switchTo('OFF');
    const told = await company.told(() => edit(company, ann.id));
    expect(told.entries).toEqual([expect.stringMatching(/^member\.updated Ann/)]);
    const edited = await company.fresh(ann);
    expect(edited).toMatchObject({
      userName,
      origin: 'SCIM',
      originProviderId: company.providerId,
      providerId: cut ? null : company.providerId,
      externalId: cut ? null : 'x-Ann',
      version: ann.version + 1,
    });
    await company.switchTo('ON', { evictManualMembers: true });
    if (!cut)
      return expect((await company.entra.members.rewrite(ann.id, described('Ann'))).id).toBe(
        ann.id,
      );

    expect(await company.entra.members.get(ann.id)).toBeNull();
    for (const handle of [{ userName }, { userName: 'ann@north.example' }, { externalId: 'x-Ann' }])
      expect(await company.entra.members.byHandle(handle)).toBeNull();
    expect(
      (await company.told(() => company.entra.members.rewrite(ann.id, described('Ann')))).refusal
        ?.code,
    ).toBe('not-found');
    const next = await company.told(() => company.provisioned('Ann'));
    expect(next).toMatchObject({ refusal: null, owed: 1, entries: ['member.created Ann'] });
    expect(next.result).toMatchObject({ externalId: 'x-Ann', providerId: company.providerId });
    expect(next.result.id).not.toBe(ann.id);
    expect(
      (await company.owner.members.update(ann.id, { familyName: 'Stays' })).providerId,
    ).toBeNull();
  },
);

test('an address that is not the user name is edited without cutting the link', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann', { userName: 'ann' });
  await company.switchTo('OFF');
  expect(await company.owner.members.update(ann.id, { email: 'new@north.example' })).toMatchObject({
    userName: 'ann',
    email: 'new@north.example',
    providerId: company.providerId,
  });
});

test('a detached member never blocks a POST, not even one that carries its new name', async () => {
  const { company, ann } = await scene();
  await company.switchTo('OFF');
  await company.owner.members.update(ann.id, { userName: 'ann.new@north.example' });
  await company.switchTo('ON', { evictManualMembers: true });
  const told = await company.told(() =>
    company.provisioned('Ann', {
      userName: 'Ann.New@north.example',
      email: 'ann.new@north.example',
    }),
  );
  expect(told).toMatchObject({ refusal: null, entries: ['member.created Ann'] });
  expect(told.result.id).not.toBe(ann.id);
  expect(await company.owner.members.byHandle({ userName: 'ann.new@north.example' })).toMatchObject(
    { id: told.result.id },
  );
  // The detached one stays editable beside it, and cannot take the name of anybody else.
  expect(
    (
      await company.told(() =>
        company.owner.members.update(ann.id, { userName: 'ben@north.example' }),
      )
    ).refusal?.code,
  ).toBe('user-name-taken');
  expect(
    (await company.told(() => company.owner.members.update(ann.id, { givenName: 'Anna' }))).refusal,
  ).toBeNull();
});

test('a team renamed while OFF is detached: its provider makes a new one, also under the new name', async () => {
  const { company, sales } = await scene();
  await company.switchTo('OFF');
  const renamed = await company.told(() => company.owner.teams.rename(sales.id, 'Trade'));
  expect(renamed.entries).toEqual(['team.updated Trade']);
  expect(renamed.result).toMatchObject({
    name: 'Trade',
    origin: 'SCIM',
    providerId: null,
    externalId: null,
  });
  await company.switchTo('ON');
  expect(await company.entra.teams.get(sales.id)).toBeNull();
  const [old, same] = [
    await company.provisionedTeam('Sales', [], 'g-Sales'),
    await company.provisionedTeam('Trade'),
  ];
  expect(new Set([sales.id, old.id, same.id]).size).toBe(3);
  expect(old.externalId).toBe('g-Sales');
});

test('ON with strangers in the provider’s teams is refused with the list of them, and nothing is left of it', async () => {
  const { company, ann, sales } = await scene();
  const [grace, yuki] = [await company.person('Grace'), await company.person('Yuki')];
  await company.switchTo('OFF');
  await company.owner.teams.admit(sales.id, [grace.id, yuki.id]);
  await company.owner.members.update(ann.id, { userName: 'cut@north.example' });
  const told = await company.told(() => company.switchTo('ON'));
  expect(told.refusal).toMatchObject({
    code: 'manual-members-inside',
    facts: { field: ['provisioning'], objectIds: [grace.id, yuki.id, ann.id].toSorted() },
  });
  expect(told.refusal?.message).toContain('Grace Okafor');
  expect(told.entries).toEqual([]);
  expect(await company.owner.identityProviders.get(company.providerId)).toMatchObject({
    provisioning: 'OFF',
  });
});

test('with evictManualMembers they leave in the same change, one entry each, and their roles are settled', async () => {
  const { company, sales } = await scene();
  const [grace, yuki] = [await company.person('Grace'), await company.person('Yuki')];
  await company.switchTo('OFF');
  await company.owner.roles.setMappings([{ teamId: sales.id, roleId: company.roles.auditor }]);
  await company.owner.teams.admit(sales.id, [grace.id, yuki.id]);
  expect(await company.roleOf(yuki)).toBe('Auditor');
  const told = await company.told(() => company.switchTo('ON', { evictManualMembers: true }));
  expect(told.entries.toSorted()).toEqual([
    'identityProvider.switchedOn Microsoft Entra ID',
    'member.roleChanged Yuki Tanaka',
    'membership.removed Grace Okafor / Sales',
    'membership.removed Yuki Tanaka / Sales',
  ]);
  expect(await company.inside(sales)).toEqual(['Ann', 'Ben']);
  expect([await company.roleOf(grace), await company.roleOf(yuki)]).toEqual(['Admin', 'Member']);
});

test('a restored member does not come back into a team that is managed by now', async () => {
  const { company, sales } = await scene();
  const yuki = await company.person('Yuki');
  await company.switchTo('OFF');
  await company.owner.teams.admit(sales.id, [yuki.id]);
  await company.owner.members.remove(yuki.id);
  await company.switchTo('ON');
  await company.owner.members.restore(yuki.id);
  expect(await company.inside(sales)).toEqual(['Ann', 'Ben']);
  expect(await company.inside(await company.team('Engineering'))).toContain('Yuki');
});

test('a role set by hand while OFF gives way when the provider is on again, and does not come back with the next OFF', async () => {
  const { company, ann } = await scene();
  await company.switchTo('OFF');
  await company.owner.members.setRole(ann.id, company.roles.auditor);
  const on = await company.told(() => company.switchTo('ON'));
  expect(on.entries.toSorted()).toEqual([
    'identityProvider.switchedOn Microsoft Entra ID',
    'member.roleChanged Ann',
  ]);
  expect(await company.roleOf(ann)).toBe('Member');
  await company.switchTo('OFF');
  expect((await company.owner.roles.explain([ann.id])).get(ann.id)).toMatchObject({
    roleId: company.roles.member,
    decidedBy: 'DEFAULT',
  });
});

test('a new credential for a lost integration kills the old one at once and drops every link', async () => {
  const { company, ann, sales } = await scene();
  const { secretToken } = await company.owner.identityProviders.rotate(company.providerId);
  const told = await company.told(() =>
    company.owner.identityProviders.replace(company.providerId),
  );
  expect(told.entries.toSorted()).toEqual([
    'identityProvider.credentialReplaced Microsoft Entra ID',
    'member.unlinked Ann',
    'member.unlinked Ben',
    'team.unlinked Sales',
  ]);
  expect(await authenticate(here.store, secretToken!)).toBeNull();
  expect(await authenticate(here.store, told.result.secretToken!)).not.toBeNull();
  expect(await company.fresh(ann)).toMatchObject({
    origin: 'SCIM',
    providerId: null,
    version: ann.version + 1,
  });
  expect(await company.freshTeam(sales)).toMatchObject({ origin: 'SCIM', providerId: null });
});

test('users only: a provider whose groups are not accepted makes no team', async () => {
  const { company, sales } = await scene();
  await company.owner.identityProviders.update(company.providerId, {
    features: { acceptGroups: false },
  });
  for (const deed of [
    () => company.provisionedTeam('Zoo'),
    () => company.entra.teams.apply(sales.id, [{ kind: 'empty' }]),
  ]) {
    expect(await company.told(deed)).toMatchObject({
      refusal: { code: 'feature-off' },
      entries: [],
    });
  }
});

test('what a provider is asked for and has already changes nothing', async () => {
  const { company } = await scene();
  const provider = (await company.owner.identityProviders.get(company.providerId))!;
  const told = await company.told(() =>
    company.owner.identityProviders.update(provider.id, {
      name: provider.name,
      provisioning: 'ON',
      adoption: 'ASK',
      features: { acceptGroups: true },
      evictManualMembers: true,
    }),
  );
  expect(told).toMatchObject({ entries: [], result: { secretToken: null } });
  expect(await company.owner.identityProviders.get(company.providerId)).toEqual(provider);
  expect(
    (
      await sql`select from credentials where tenant_id = ${company.tenantId} and revoked_at is null`.execute(
        company.system.db,
      )
    ).rows,
  ).toHaveLength(1);
});
