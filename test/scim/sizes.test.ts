import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';

let house: House;
let provider: Provider;
let id: string;
beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider({ name: 'Sizes' });
  id = await provider.user('fits@sizes.example');
});
afterAll(() => house.close({ owed: 'anything' }));

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const tooLarge: [string, Record<string, unknown>][] = [
  ['nickName', { nickName: 'n'.repeat(900_000) }],
  ['title', { title: 't'.repeat(8_193) }],
  ['name.givenName', { name: { givenName: 'g'.repeat(2_001) } }],
  ['userName', { userName: 'u'.repeat(2_001) }],
  ['externalId', { externalId: 'é'.repeat(1_001) }],
  ['addresses', { addresses: [{ type: 'work', formatted: 'a'.repeat(8_193) }] }],
  [
    'everything together',
    {
      addresses: Array.from({ length: 9 }, (_, at) => ({
        type: `t${at}`,
        formatted: 'a'.repeat(8_000),
      })),
    },
  ],
];

describe.each(tooLarge)('%s that is too large', (_, facts) => {
  test('is refused when a user is made, replaced and patched, and nothing of it is kept', async () => {
    const before = await provider.scim('GET', `/Users/${id}`);
    const answers = [
      await provider.scim('POST', '/Users', {
        schemas: [USER],
        userName: 'new@sizes.example',
        ...facts,
      }),
      await provider.scim('PUT', `/Users/${id}`, {
        schemas: [USER],
        userName: 'fits@sizes.example',
        ...facts,
      }),
      await provider.scim('PATCH', `/Users/${id}`, {
        schemas: [PATCH],
        Operations: [{ op: 'replace', value: facts }],
      }),
    ];
    for (const { status, body } of answers) {
      expect({ status, scimType: body.scimType }).toEqual({
        status: 400,
        scimType: 'invalidValue',
      });
      expect(body.detail).toMatch(/longer|larger/);
    }
    expect((await provider.scim('GET', `/Users/${id}`)).body).toEqual(before.body);
  });
});

test('a group name that is too long is refused', async () => {
  const { status, body } = await provider.scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'g'.repeat(2_001),
  });
  expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType: 'invalidValue' });
});

test('what people type is refused where it is too long, with its place', async () => {
  const { id: member } = await house.made({ name: 'Lena Long' });
  const cases: [string, Record<string, unknown>, string[]][] = [
    ['memberUpdate', { id: member, familyName: 'x'.repeat(257) }, ['familyName']],
    ['memberDisable', { id: member, reason: 'x'.repeat(2_001) }, ['reason']],
    ['teamCreate', { name: 'x'.repeat(257) }, ['name']],
    ['tenantUpdate', { name: 'x'.repeat(257) }, ['name']],
    [
      'memberSetLink',
      { memberId: member, identityProviderId: provider.id, externalId: 'é'.repeat(1_500) },
      ['externalId'],
    ],
    [
      'roleMappingsSet',
      {
        mappings: [
          {
            pushedRole: 'é'.repeat(1_500),
            roleId: (await house.tenant.roles.all()).find(role => role.name === 'Auditor')!.id,
          },
        ],
      },
      ['mappings', '0', 'pushedRole'],
    ],
  ];
  for (const [mutation, input, field] of cases)
    expect((await house.owner.does(mutation, input)).userErrors, mutation).toMatchObject([
      { code: 'INVALID', field },
    ]);
});
