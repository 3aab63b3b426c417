import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, type Person } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const MEMBER =
  'member { id displayName email state role { name } version createdAt updatedAt attributes { name value } }';
/** The same mutation under a key, by whoever asks. */
const once = async (by: Person, key: string, mutation: string, input: object, fields: string) => {
  const type = mutation.startsWith('member') ? 'MemberUpdateInput' : 'TokenCreateInput';
  const answer = await by.graphql(
    `mutation ($input: ${type}!, $key: String!) { done: ${mutation}(input: $input) @idempotent(key: $key) { ${fields} userErrors { code } } }`,
    { input, key },
  );
  return answer.data?.['done'] as Wire;
};

test("one token's answer is not given to another token of the same person that lacks the permission", async () => {
  const key = `key-${randomUUID()}`;
  const { id } = await house.made({ name: 'Secret Sally' });
  const weak = await house.signIn(house.tenant, house.owner.id, ['DIRECTORY_READ']);
  const input = { id, givenName: 'Sarah' };
  const first = await once(house.owner, key, 'memberUpdate', input, MEMBER);
  expect(first.member.id).toBe(id);
  expect(await once(weak, key, 'memberUpdate', input, MEMBER)).toEqual({
    member: null,
    userErrors: [{ code: 'FORBIDDEN' }],
  });
  const same = await house.signIn(house.tenant, house.owner.id);
  expect(await once(same, key, 'memberUpdate', input, MEMBER)).toEqual(first);
});

test('whoever lost the permission since is refused instead of answered again', async () => {
  const key = `key-${randomUUID()}`;
  const editor = await house.person({ role: 'admin' });
  const { id } = await house.made({ name: 'Edited Eddie' });
  const input = { id, givenName: 'Edward' };
  expect((await once(editor, key, 'memberUpdate', input, MEMBER)).member.id).toBe(id);
  const { tenant } = await house.owner.ask('{ tenant { roles { id name } } }');
  const roleId = tenant.roles.find((role: Wire) => role.name === 'Member').id as string;
  await house.owner.does('memberSetRole', { id: editor.id, roleId });
  expect(await once(editor, key, 'memberUpdate', input, MEMBER)).toEqual({
    member: null,
    userErrors: [{ code: 'FORBIDDEN' }],
  });
});

test('the answer is said again exactly: a text stays a text whatever it is called and looks like', async () => {
  const provider = await house.provider({ name: 'Seats' });
  const URN = 'urn:ietf:params:scim:schemas:extension:Hr:2.0:User';
  const names = ['seat', 'heat', 'startAt', 'since', 'secret', 'instants', 'answer'];
  const taken = await house.owner.does('identityProviderUpdate', {
    id: provider.id,
    extensionAttributes: names.map(name => ({ urn: URN, name, type: 'STRING' })),
  });
  expect(taken.userErrors).toEqual([]);
  const held = {
    ...Object.fromEntries(names.map(name => [name, 'A-17'])),
    startAt: '2024-01-02T03:04:05.678Z',
  };
  const id = await provider.user('seated@northwind.example', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', URN],
    [URN]: held,
  });
  await house.owner.does('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' });
  const key = `key-${randomUUID()}`;
  const input = { id, givenName: 'Seated' };
  const first = await once(house.owner, key, 'memberUpdate', input, MEMBER);
  expect(JSON.stringify(first.member.attributes)).toContain('A-17');
  expect(await once(house.owner, key, 'memberUpdate', input, MEMBER)).toEqual(first);
});

test('a secret is in the first answer only, and everything else in each', async () => {
  const key = `key-${randomUUID()}`;
  const input = {
    name: 'secret',
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const fields =
    'secret token { id name createdAt expiresAt lastUsedAt outlivesOwner owner { __typename } }';
  const first = await once(house.owner, key, 'tokenCreate', input, fields);
  expect(first.secret).toMatch(/^muster_svc_/);
  expect(await once(house.owner, key, 'tokenCreate', input, fields)).toEqual({
    ...first,
    secret: null,
  });
});
