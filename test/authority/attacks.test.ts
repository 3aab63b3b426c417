import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';

// What was done to a company from its public doors by people who had been given little. Each is
// told from the door that was used.

let house: House;
let owner: string;
let writer: Person;
let provisioner: Person;
beforeAll(async () => {
  house = await openHouse();
  owner = (await house.made({ role: 'owner', name: 'Otto Second' })).id;
  const { admin, tenant } = house;
  writer = await house.signIn(tenant, admin.id, ['DIRECTORY_READ', 'DIRECTORY_WRITE']);
  provisioner = await house.signIn(tenant, admin.id, ['DIRECTORY_READ', 'PROVISIONING_ADMIN']);
});
afterAll(() => house.close({ owed: 'anything' }));

const PATCH = (path: string, value: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path, value }],
});

const look = async (id: string) =>
  (
    await house.owner.ask(
      'query ($id: ID) { member(id: $id) { userName email state role { name } teams { nodes { team { name } } } } }',
      { id },
    )
  )['member'];

const failures = async () =>
  (
    await house.owner.ask(
      '{ tenant { auditLog(first: 100, filter: { outcome: [FAILURE] }) { totalCount } } }',
    )
  )['tenant'].auditLog.totalCount as number;

/**
 * Tries it, and sees that it was refused in words, remembered once, and changed nothing of the
 * owner.
 */
async function refused(by: Person, mutation: string, input: Record<string, unknown>) {
  const [before, remembered] = [await look(owner), await failures()];
  const { userErrors } = await by.does(mutation, input);
  expect(userErrors).toMatchObject([
    { code: 'FORBIDDEN', message: expect.stringContaining('permissions that you do not have') },
  ]);
  expect(await look(owner)).toEqual(before);
  expect(await failures()).toBe(remembered + 1);
}

async function team(name: string, mappedRoleId: string, memberIds: string[] = []) {
  const { team: made } = await house.owner.does('teamCreate', { name, memberIds }, 'team { id }');
  const mappings = [{ teamId: made.id, roleId: mappedRoleId }];
  expect((await house.owner.does('roleMappingsSet', { mappings })).userErrors).toEqual([]);
  return made.id as string;
}

const roleId = async (name: string) =>
  (await house.tenant.roles.all()).find(({ builtIn }) => builtIn === name)!.id;

test.each<[string, string, Record<string, unknown>]>([
  ['another user name', 'memberUpdate', { userName: 'mallory@northwind.example' }],
  ['another address', 'memberUpdate', { email: 'mallory@northwind.example' }],
  ['being switched off', 'memberDisable', {}],
  ['being deleted', 'memberDelete', {}],
])('with DIRECTORY_WRITE nobody brings upon an owner: %s', async (_what, mutation, input) => {
  await refused(writer, mutation, { id: owner, ...input });
});

test('a deleted owner is not brought back by somebody who holds less', async () => {
  await house.owner.does('memberDelete', { id: owner });
  await refused(writer, 'memberRestore', { id: owner });
  await house.owner.does('memberRestore', { id: owner });
  expect(await look(owner)).toMatchObject({ state: 'ACTIVE', role: { name: 'Owner' } });
});

test('a team that makes owners is entered, left and deleted only by those who hold what it gives', async () => {
  const person = await house.person({ name: 'Paula Plain' });
  const id = await team('Owners', await roleId('owner'), [owner]);
  await refused(writer, 'teamAddMembers', { id, memberIds: [person.id] });
  await refused(writer, 'teamRemoveMembers', { id, memberIds: [owner] });
  await refused(writer, 'teamDelete', { id });
});

test('a return that would lead into a team that makes admins is refused, and names the team', async () => {
  const person = await house.person({ name: 'Rita Returns' });
  await team('Administrators', await roleId('admin'), [person.id]);
  await house.owner.does('memberDelete', { id: person.id });
  const { userErrors } = await writer.does('memberRestore', { id: person.id });
  expect(userErrors).toMatchObject([
    { code: 'FORBIDDEN', message: expect.stringContaining('Administrators') },
  ]);
  expect((await house.owner.does('memberRestore', { id: person.id })).userErrors).toEqual([]);
  expect((await look(person.id)).teams.nodes).toEqual([{ team: { name: 'Administrators' } }]);
});

test('with PROVISIONING_ADMIN nobody ties an owner to a provider of their own', async () => {
  const { id } = await house.provider({ name: 'Mallory SCIM', kind: 'SCIM' }, provisioner);
  const input = { memberId: owner, identityProviderId: id, externalId: 'mallory' };
  await refused(provisioner, 'memberSetLink', input);
});

test.each(['LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW'])(
  'with PROVISIONING_ADMIN nobody settles a conflict over an owner as %s',
  async choice => {
    const provider = await house.provider({ name: `Mallory ${choice}` }, provisioner);
    const { userName } = await look(owner);
    const pushed = await provider.scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      externalId: 'mallory',
    });
    expect(pushed.status).toBe(409);
    const { identityProvider } = await provisioner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { conflicts { nodes { id } } } }',
      { id: provider.id },
    );
    const [{ id }] = identityProvider.conflicts.nodes;
    await refused(provisioner, 'conflictResolve', { ids: [id], choice });
  },
);

test('the secret of a provider that makes owners is not given to somebody who could not', async () => {
  const provider = await house.provider({ name: 'Maker' });
  const group = await provider.group('Pushed owners');
  const mappings = [{ teamId: group, roleId: await roleId('owner') }];
  await house.owner.does('roleMappingsSet', { mappings });
  await refused(provisioner, 'identityProviderRotateCredential', { id: provider.id });
  await house.owner.does('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' });
  await refused(provisioner, 'identityProviderUpdate', { id: provider.id, provisioning: 'ON' });
  // The other way in to the same switch.
  const [before, remembered] = [await look(owner), await failures()];
  const answer = await provisioner.fetch(`/iam/identity_providers/saml2/${provider.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scim_integration: true }),
  });
  expect(answer.status).toBe(403);
  expect([await look(owner), await failures()]).toEqual([before, remembered + 1]);
});

test('what one may edit is listed beforehand as rule 25 will answer', async () => {
  const fields = async (by: Person, id: string) =>
    (await by.ask('query ($id: ID!) { member(id: $id) { editableFields } }', { id }))['member']
      .editableFields as string[];
  expect(await fields(writer, owner)).toEqual(['teams']);
  expect(await fields(writer, house.member.id)).toContain('userName');
  expect(await fields(house.owner, owner)).toEqual(expect.arrayContaining(['userName', 'role']));
  await house.owner.does('memberLockRole', { id: owner, roleId: await roleId('member') });
  expect(await fields(writer, owner), 'an owner again once the lock ends').toEqual(['teams']);
  await house.owner.does('memberUnlockRole', { id: owner });
});

test('a role that a deleted member held by hand is deleted: they come back with the default one', async () => {
  const { role } = await house.owner.does(
    'roleCreate',
    { name: 'Keeper', permissions: ['AUDIT_READ'] },
    'role { id }',
  );
  const { id } = await house.made({ role: 'Keeper', name: 'Kim Keeper' });
  await house.owner.does('memberDelete', { id });
  expect((await house.owner.does('roleDelete', { id: role.id })).userErrors).toEqual([]);
  await house.owner.does('memberRestore', { id });
  expect((await look(id)).role).toEqual({ name: 'Member' });
  // It is the default that gives it: another default reaches them.
  await house.owner.does('tenantSetDefaultRole', { roleId: await roleId('auditor') });
  expect((await look(id)).role).toEqual({ name: 'Auditor' });
  await house.owner.does('tenantSetDefaultRole', { roleId: await roleId('member') });
});

/** A member made by hand, whom this person links to the provider. */
async function linked(by: Person, provider: Provider, role: string): Promise<string> {
  const { id } = await house.made({ role, name: 'Lia Linked' });
  const input = { memberId: id, identityProviderId: provider.id, externalId: id };
  expect((await by.does('memberSetLink', input)).userErrors).toEqual([]);
  return id;
}

test('a push reaches an admin made by hand as far as the one who made the link could have', async () => {
  const provider = await house.provider({ name: 'Linker' });
  const id = await linked(house.admin, provider, 'admin');
  const rename = (userName: string) =>
    provider.scim('PATCH', `/Users/${id}`, PATCH('userName', userName));
  expect((await rename('lia@linked.example')).status).toBe(200);
  // More than the admin held who made the link: nobody answers for it any more, until an owner
  // does.
  await house.owner.does('memberSetRole', { id, roleId: await roleId('owner') });
  const remembered = await failures();
  const { status, body } = await rename('mallory@linked.example');
  expect([status, body.detail]).toEqual([403, expect.stringContaining('has linked it')]);
  expect(await failures()).toBe(remembered + 1);
  expect((await look(id)).userName).toBe('lia@linked.example');
  expect((await rename('lia@linked.example')).status, 'nothing changes').toBe(200);
  await house.owner.does('memberSetLink', {
    memberId: id,
    identityProviderId: provider.id,
    externalId: id,
  });
  expect((await rename('lia@again.example')).status).toBe(200);
});
