import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, Person, type Provider } from '../support/people.ts';
import { type Body, logged, patch, scim } from './outside.ts';

/** Rules 21 and 22: who did it, what followed from it, and by what a person is found. */
let house: House;
let entra: Provider;
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Contoso Entra' });
});
afterAll(() => house.close({ owed: 'anything' }));

const ACTOR =
  'actor { __typename ... on TokenActor { name token { id } } ... on OutsideActor { name tenantName } ... on SystemActor { name } ... on Member { id } }';

const entries = async (
  filter: Record<string, unknown>,
  by: Person = house.owner,
  tenantId: string | null = null,
) => {
  const { tenant } = await by.ask(
    `query ($filter: AuditFilter, $id: ID) { tenant(id: $id) { auditLog(first: 100, filter: $filter) { nodes { action outcome correlationId requestId changes { name before after } ${ACTOR} } } } }`,
    { filter, id: tenantId },
  );
  return (tenant.auditLog.nodes as Body[]).toReversed();
};
const done = async (mutation: string, input: object, fields = '') => {
  const answer = await house.owner.does(mutation, { ...input }, fields);
  expect(answer.userErrors).toEqual([]);
  return answer as Body;
};

describe('who', () => {
  test('a service token is told as itself', async () => {
    const { secret, token } = await done(
      'tokenCreate',
      { name: 'Shop', kind: 'SERVICE', permissions: ['DIRECTORY_READ', 'DIRECTORY_WRITE'] },
      'secret token { id }',
    );
    const shop = new Person(house.origin, {
      id: '',
      tenantId: house.tenant.tenantId,
      token: secret as string,
      tokenId: token.id as string,
    });
    const { team } = (await shop.does('teamCreate', { name: 'By a token' }, 'team { id }')) as Body;
    expect((await entries({ subjectId: [team.id] }))[0].actor).toEqual({
      __typename: 'TokenActor',
      name: 'Shop',
      token: { id: token.id },
    });
  });

  test('a person of the parent is told with the name of their tenant, and the tenant begins with its roles', async () => {
    const { tenant } = await done('tenantCreate', { name: 'Child' }, 'tenant { id }');
    await done('teamCreate', { name: 'From above', tenantId: tenant.id });
    const told = await entries({}, house.owner, tenant.id as string);
    expect(told.map(({ action }) => action as string)).toEqual([
      ...Array<string>(4).fill('role.created'),
      'team.created',
    ]);
    for (const { actor } of told)
      expect(actor).toEqual({
        __typename: 'OutsideActor',
        name: 'Olivia Owner',
        tenantName: 'Northwind',
      });
  });
});

test('two calls under one X-Request-Id are found by it, and nothing else ties them', async () => {
  const id = 'checkout-4711-of-somebody';
  for (const name of ['One call', 'Another call'])
    await house.owner.graphql(
      `mutation { teamCreate(input: { name: "${name}" }) { team { id } } }`,
      {},
      { 'x-request-id': id },
    );
  const both = await entries({ requestId: id });
  expect(both.map(({ requestId }) => requestId as string)).toEqual([id, id]);
  expect(new Set(both.map(({ correlationId }) => correlationId as string)).size).toBe(2);
  expect(await entries({ correlationId: id })).toEqual([]);
  expect(await logged(house.owner, { correlationId: both[0].correlationId })).toEqual([
    'team.created',
  ]);
});

describe('what followed', () => {
  test('a deleted member leaves its teams, a restored one comes back: an entry each', async () => {
    const { id } = await house.made({ name: 'Lea Leaver' });
    for (const name of ['First of Lea', 'Second of Lea'])
      await done('teamCreate', { name, memberIds: [id] });
    await done('memberDelete', { id });
    await done('memberRestore', { id });
    expect(await logged(house.owner, { subjectId: [id] })).toEqual([
      'membership.added',
      'membership.added',
      'member.deleted',
      'membership.removed',
      'membership.removed',
      'member.restored',
      'membership.added',
      'membership.added',
    ]);
  });

  test('a deleted role tells whose role it was, by hand and by lock', async () => {
    const { role } = await done(
      'roleCreate',
      { name: 'Passing', permissions: ['DIRECTORY_READ'] },
      'role { id }',
    );
    const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
    const roles = tenant.roles as Body[];
    const auditor = roles.find(({ name }) => name === 'Auditor').id;
    const [hand, lock] = [await house.made({ name: 'Hand' }), await house.made({ name: 'Lock' })];
    await done('memberSetRole', { id: hand.id, roleId: role.id });
    await done('memberLockRole', { id: lock.id, roleId: role.id });
    await done('roleDelete', { id: role.id, replacementId: auditor });
    const [ofHand, ofLock] = [
      (await entries({ subjectId: [hand.id] })).at(-1),
      (await entries({ subjectId: [lock.id] })).at(-1),
    ];
    expect(ofHand).toMatchObject({ action: 'member.roleChanged' });
    expect(ofHand.changes).toContainEqual({
      name: 'handRole',
      before: 'Passing',
      after: 'Auditor',
    });
    expect(ofLock.changes).toContainEqual({
      name: 'roleLock',
      before: 'Passing',
      after: 'Auditor',
    });
    expect(ofLock.correlationId).toBe(ofHand.correlationId);
  });

  test('a role given by hand that switching on forgets is told, with what decides instead', async () => {
    const okta = await house.provider({ name: 'Okta', kind: 'OKTA' });
    const id = await okta.user('hand.role@contoso.com');
    const turn = (provisioning: string) =>
      done('identityProviderUpdate', { id: okta.id, provisioning });
    const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
    const auditor = (tenant.roles as Body[]).find(({ name }) => name === 'Auditor').id;
    const roleNow = async () =>
      (await house.owner.ask('query ($id: ID!) { member(id: $id) { role { name } } }', { id }))[
        'member'
      ].role.name as string;
    await turn('OFF');
    await done('memberSetRole', { id, roleId: auditor });
    expect(await roleNow()).toBe('Auditor');
    await turn('ON');
    expect(await roleNow()).toBe('Member');
    const [told, on] = [
      (await entries({ subjectId: [id] })).at(-1),
      (await entries({ subjectId: [okta.id] })).at(-1),
    ];
    expect(told).toMatchObject({ action: 'member.roleChanged', outcome: 'SUCCESS' });
    expect(told.changes).toContainEqual({ name: 'handRole', before: 'Auditor', after: null });
    expect(told.changes).toContainEqual({ name: 'role', before: 'Auditor', after: 'Member' });
    expect([on.action, on.correlationId]).toEqual([
      'identityProvider.switchedOn',
      told.correlationId,
    ]);
    await turn('OFF'); // forgotten for good: nothing comes back, and nothing more is told
    expect(await roleNow()).toBe('Member');
    expect((await entries({ subjectId: [id] })).at(-1)).toEqual(told);
  });

  test('a role that a pushed value decides says so', async () => {
    const id = await entra.user('boss@contoso.com', { roles: [{ value: 'Boss' }] });
    const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
    const auditor = (tenant.roles as Body[]).find(({ name }) => name === 'Auditor').id;
    const input = { mappings: [{ pushedRole: 'boss', roleId: auditor }] };
    const { plan } = await done(
      'roleMappingsSet',
      { ...input, dryRun: true },
      'plan { changes { nodes { action reason subject { id } } } }',
    );
    expect(plan.changes.nodes).toContainEqual({
      action: 'member.roleChanged',
      reason: 'The role Auditor comes from the role "boss" that the provider pushed.',
      subject: { id },
    });
    await done('roleMappingsSet', input);
    expect((await entries({ subjectId: [id] })).at(-1)).toMatchObject({
      action: 'member.roleChanged',
      changes: [{ name: 'role', before: 'Member', after: 'Auditor' }],
    });
  });
});

describe('the report finds a person by what they had then', () => {
  const found = async (endUser: string) => {
    const { provisioningReport } = await house.owner.ask(
      'query ($u: String!) { provisioningReport(filter: { endUser: $u, timespan: {} }, first: 50) { nodes { operation outcome } } }',
      { u: endUser },
    );
    return (provisioningReport.nodes as Body[]).map(
      ({ operation, outcome }) => `${operation} ${outcome}`,
    );
  };

  test('an old user name, address and external id, in any case', async () => {
    const id = await entra.user('rena@contoso.com', {
      externalId: 'ext-rena-1',
      emails: [{ value: 'rena.first@contoso.com', type: 'work', primary: true }],
    });
    await patch(entra, `/Users/${id}`, {
      op: 'replace',
      value: {
        userName: 'renate@contoso.com',
        externalId: 'ext-rena-2',
        emails: [{ value: 'renate@contoso.com', type: 'work', primary: true }],
      },
    });
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'title', value: 'Lead' });
    for (const handle of ['RENA@contoso.com', 'rena.first@contoso.com ', 'EXT-rena-1'])
      expect([handle, await found(handle)]).toEqual([
        handle,
        ['member.updated SUCCESS', 'member.created SUCCESS'],
      ]);
    for (const handle of ['renate@contoso.com', 'ext-rena-2', id])
      expect([handle, (await found(handle)).length]).toEqual([handle, 3]);
  });

  test('who was refused before there was anybody', async () => {
    const { email } = await house.made({ name: 'Tara Taken' });
    const [status] = await scim(entra, 'POST', '/Users', {
      userName: email,
      externalId: 'ext-refused',
      emails: [{ value: 'tara.private@contoso.com' }],
    });
    expect(status).toBe(409);
    for (const handle of [email, 'ext-REFUSED', 'tara.private@contoso.com'])
      expect([handle, await found(handle)]).toEqual([handle, ['member.created FAILURE']]);
  });
});
