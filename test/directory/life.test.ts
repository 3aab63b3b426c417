import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { authenticate } from '../../src/directory/index.ts';
import { type Company, described, stage } from '../support/company.ts';

const here = stage();
const invitation = async (company: Company, memberId: string) =>
  (
    await sql`select from outbox where tenant_id = ${company.tenantId} and payload ->> 'memberId' = ${memberId}`.execute(
      company.system.db,
    )
  ).rows.length;

test('a new provisioned member is owed one mail, and neither a retry nor a rewrite nor a restore owes another', async () => {
  const company = await here.company();
  const made = await company.told(() => company.provisioned('Ann'));
  expect(made).toMatchObject({ entries: ['member.created Ann'], owed: 1 });
  const ann = made.result;
  const later = await company.told(async () => {
    await expect(company.provisioned('Ann')).rejects.toMatchObject({ code: 'user-name-taken' });
    await company.entra.members.rewrite(ann.id, described('Ann', { displayName: 'Ann B' }));
    await company.entra.members.rewrite(ann.id, described('Ann', { active: false }));
    await company.entra.members.rewrite(ann.id, described('Ann'));
    await company.entra.members.remove(ann.id);
    await company.owner.members.restore(ann.id);
  });
  expect(later).toMatchObject({
    entries: [
      'member.updated Ann B',
      'member.disabled Ann',
      'member.enabled Ann',
      'member.deleted Ann',
      'member.restored Ann',
    ],
    owed: 0,
  });
  expect(await invitation(company, ann.id)).toBe(1);
});

test.each([
  ['IMMEDIATE', false, 1],
  ['IMMEDIATE', true, 1],
  ['NEVER', false, 0],
  ['MANUAL', false, 0],
  ['WITHOUT_SSO', false, 1],
  ['WITHOUT_SSO', true, 0],
] as const)(
  'with the policy %s and sign-in set up: %s, a new member is owed %i mail(s)',
  async (invitations, signsIn, mails) => {
    const company = await here.company();
    await company.owner.identityProviders.update(company.providerId, {
      features: { invitations },
      signIn: signsIn ? { protocol: 'SAML', signInUrl: 'https://login.example/saml' } : null,
    });
    expect((await company.told(() => company.provisioned('Ann'))).owed).toBe(mails);
  },
);

test('a member who arrives switched off is not invited', async () => {
  const company = await here.company();
  expect(await company.told(() => company.provisioned('Ann', { active: false }))).toMatchObject({
    result: { state: 'DISABLED' },
    owed: 0,
  });
});

test('what is there already changes nothing: no entry, no version', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann', {
    profile: { title: 'x', emails: [{ value: 'a' }] },
    pushedRoles: ['A', 'B'],
  });
  const mateo = await company.person('Mateo');
  const told = await company.told(async () => {
    await company.entra.members.rewrite(
      ann.id,
      described('Ann', {
        profile: { emails: [{ value: 'a' }], title: 'x' },
        pushedRoles: ['A', 'B'],
      }),
    );
    await company.owner.members.update(mateo.id, {
      userName: mateo.userName,
      email: mateo.email,
      givenName: 'Mateo',
    });
    await company.owner.members.enable(mateo.id);
    await company.owner.members.unlockRole(mateo.id);
  });
  expect(told).toMatchObject({ entries: [], owed: 0 });
  expect(await company.fresh(ann)).toEqual(ann);
  expect(await company.fresh(mateo)).toEqual(mateo);
});

test('a rewrite that moves the role answers with the member as it is afterwards', async () => {
  const company = await here.company();
  await company.owner.roles.setMappings([{ pushedRole: 'Audit', roleId: company.roles.auditor }]);
  const ann = await company.provisioned('Ann');
  const told = await company.told(() =>
    company.entra.members.rewrite(
      ann.id,
      described('Ann', { pushedRoles: ['Audit'], profile: { roles: ['Audit'] } }),
    ),
  );
  expect(told.entries).toEqual(['member.updated Ann', 'member.roleChanged Ann']);
  expect(told.result).toEqual(await company.fresh(ann));
  expect(told.result.roleId).toBe(company.roles.auditor);
});

test('a disabled person opens nothing with any token, from the next request on; enabled, everything is as it was', async () => {
  const company = await here.company();
  const grace = await company.person('Grace');
  const { secret } = await company.admin.credentials.createToken({
    name: 't',
    kind: 'PERSONAL',
    permissions: ['DIRECTORY_READ'],
  });
  expect(await authenticate(here.store, secret)).not.toBeNull();
  await company.owner.members.lockRole(grace.id, { reason: 'stays' });
  const before = await company.fresh(grace);
  const told = await company.told(() => company.owner.members.disable(grace.id, 'left'));
  expect(told).toMatchObject({
    entries: ['member.disabled Grace Okafor'],
    result: { state: 'DISABLED', roleId: before.roleId, roleLocked: true },
  });
  expect(await authenticate(here.store, secret)).toBeNull();
  expect(await company.inside(await company.team('Engineering'))).toContain('Grace');
  expect((await company.told(() => company.owner.members.disable(grace.id))).entries).toEqual([]);
  await company.owner.members.enable(grace.id);
  expect(await authenticate(here.store, secret)).not.toBeNull();
  expect(await company.fresh(grace)).toMatchObject({
    ...before,
    version: before.version + 2,
    updatedAt: expect.any(Date),
  });
});

test('a deleted member never stands in the way of anybody', async () => {
  const company = await here.company();
  const ann = await company.provisioned('Ann');
  await company.entra.members.remove(ann.id);
  expect(await company.entra.members.get(ann.id)).toBeNull();
  const again = await company.told(() => company.provisioned('Ann'));
  expect(again).toMatchObject({ refusal: null, entries: ['member.created Ann'], owed: 1 });
  expect(again.result.id).not.toBe(ann.id);
  const mateo = await company.person('Mateo');
  await company.owner.members.remove(mateo.id);
  const invited = await company.owner.members.invite({ email: mateo.email! });
  expect(await company.told(() => company.owner.members.restore(mateo.id))).toMatchObject({
    refusal: { code: 'user-name-taken', facts: { holderId: invited.id } },
    entries: [],
  });
});

test('deleted members are out of the lists, found by id, and gone after thirty days', async () => {
  const company = await here.company();
  const mateo = await company.person('Mateo');
  await company.owner.members.remove(mateo.id);
  expect((await company.owner.members.page()).items.map(({ row }) => row.id)).not.toContain(
    mateo.id,
  );
  expect(await company.owner.members.get(mateo.id)).toMatchObject({ state: 'DELETED' });
  expect((await company.told(() => company.system.members.purge())).entries).toEqual([]);
  await sql`update members set deleted_at = now() - interval '31 days' where tenant_id = ${company.tenantId} and id = ${mateo.id}`.execute(
    company.system.db,
  );
  expect(await company.told(() => company.system.members.purge())).toMatchObject({
    result: 1,
    entries: ['member.purged Mateo Rossi'],
  });
  expect(await company.owner.members.get(mateo.id)).toBeNull();
});

test('one entry for each object that a change touches, also when it touches one twice', async () => {
  const company = await here.company();
  const reviews = await company.team('Security Reviews');
  const told = await company.told(() =>
    company.owner.members.invite({
      email: 'new@north.example',
      givenName: 'New',
      teamIds: [reviews.id],
    }),
  );
  expect(told).toMatchObject({
    entries: ['member.invited New', 'membership.added New / Security Reviews'],
    owed: 1,
    result: { roleId: company.roles.auditor },
  });
});

test.each([
  [
    'the address of a manual member',
    (company: Company) => company.owner.members.invite({ email: 'GRACE@northwind.example' }),
    'user-name-taken',
  ],
  [
    'the user name of a provisioned member',
    async (company: Company) => {
      await company.provisioned('Ann');
      return company.owner.members.invite({ email: 'Ann@north.example' });
    },
    'user-name-taken',
  ],
  [
    'the address of a provisioned member',
    async (company: Company) => {
      await company.provisioned('Ann', { userName: 'ann' });
      return company.owner.members.invite({ email: 'ANN@north.example' });
    },
    'email-taken',
  ],
  [
    'a user name of another',
    async (company: Company) =>
      company.owner.members.update((await company.person('Mateo')).id, {
        userName: 'YUKI@northwind.example',
      }),
    'user-name-taken',
  ],
  [
    'an address of another',
    async (company: Company) =>
      company.owner.members.update((await company.person('Mateo')).id, {
        email: 'yuki@northwind.EXAMPLE',
        userName: 'mateo',
      }),
    'email-taken',
  ],
] as const)('%s is given once, whatever its case', async (_what, deed, code) => {
  const company = await here.company();
  const told = await company.told(() => deed(company));
  expect(told.refusal?.code).toBe(code);
  expect(told.entries.filter(line => line !== 'member.created Ann')).toEqual([]);
});

test('who was invited and never came is invited still after being disabled, deleted, restored and enabled', async () => {
  const company = await here.company();
  const { id } = await company.owner.members.invite({ email: 'late@northwind.example' });
  await company.owner.members.disable(id);
  await company.owner.members.remove(id);
  expect(await company.owner.members.restore(id)).toMatchObject({ state: 'DISABLED' });
  expect(await company.owner.members.enable(id)).toMatchObject({ state: 'INVITED' });
});
