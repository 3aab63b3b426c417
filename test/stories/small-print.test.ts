import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

test('a group that people edited while its provider was off has another ETag afterwards', async () => {
  const entra = await house.provider({ name: 'Off for a while' });
  const [ann, ben] = [await entra.user('ann@off.example'), await entra.user('ben@off.example')];
  const id = await entra.group('Edited while off', [ann]);
  const tag = (await entra.scim('GET', `/Groups/${id}`)).headers.get('etag') as string;
  const switchTo = async (provisioning: string) =>
    house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, provisioning },
      'identityProvider { id } secretToken',
    );
  await switchTo('OFF');
  expect((await house.owner.does('teamAddMembers', { id, memberIds: [ben] })).userErrors).toEqual(
    [],
  );
  entra.secret = (await switchTo('ON'))['secretToken'] as string;
  const after = await entra.scim('GET', `/Groups/${id}`, undefined, { 'if-none-match': tag });
  expect([after.status, after.headers.get('etag')]).toEqual([200, 'W/"v2"']);
  expect(after.body.members).toHaveLength(2);
  const stale = await entra.scim(
    'PATCH',
    `/Groups/${id}`,
    { Operations: [{ op: 'remove', path: 'members' }] },
    { 'if-match': tag },
  );
  expect(stale.status).toBe(412);
});

test('a provider has 200 custom attributes, and not one more', async () => {
  const entra = await house.provider({ name: 'Many attributes' });
  const urn = 'urn:ietf:params:scim:schemas:extension:Many:2.0:User';
  const set = async (count: number) =>
    house.owner.does(
      'identityProviderUpdate',
      {
        id: entra.id,
        extensionAttributes: Array.from({ length: count }, (_, at) => ({ urn, name: `a${at}` })),
      },
      'identityProvider { extensionAttributes { name } }',
    );
  expect((await set(201)).userErrors).toMatchObject([
    { code: 'INVALID', field: ['extensionAttributes'] },
  ]);
  const done = await set(200);
  expect(done.userErrors).toEqual([]);
  expect(done['identityProvider'].extensionAttributes).toHaveLength(200);
  const { body } = await entra.scim('GET', `/Schemas/${urn}`);
  expect(body.attributes).toHaveLength(200);
});

test('teams that are equal by the first key are sorted by the second, in its own direction', async () => {
  const prefix = 'Sorted';
  const { id: ann } = await house.made({ name: 'Sorted Ann' });
  for (const [name, memberIds] of [
    ['B', []],
    ['D', [ann]],
    ['A', []],
    ['C', [ann]],
  ] as const)
    await house.owner.does('teamCreate', { name: `${prefix} ${name}`, memberIds });
  const sorted = async (byCount: string, byName: string) => {
    const { tenant } = await house.owner.ask<{ tenant: Wire }>(
      `query ($orderBy: [TeamOrder!]) { tenant { teams(first: 10, filter: { query: "${prefix}" }, orderBy: $orderBy) { nodes { name } } } }`,
      {
        orderBy: [
          { field: 'MEMBER_COUNT', direction: byCount },
          { field: 'NAME', direction: byName },
        ],
      },
    );
    return tenant.teams.nodes.map(({ name }: Wire) => name.at(-1)).join('');
  };
  expect(await sorted('DESC', 'ASC')).toBe('CDAB');
  expect(await sorted('DESC', 'DESC')).toBe('DCBA');
  expect(await sorted('ASC', 'ASC')).toBe('ABCD');
  expect(await sorted('ASC', 'DESC')).toBe('BADC');
});
