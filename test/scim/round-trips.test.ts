import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import type { Provider } from '../support/provider.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let house: House;
let provider: Provider;
beforeAll(async () => {
  house = await openHouse();
  provider = await house.provider();
});
afterAll(() => house.close({ owed: 'anything' }));

const patch = (id: string, ...Operations: unknown[]) =>
  provider.scim('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations });
/** How much the log has grown to, in the tenant of the provider. */
const entries = async () => {
  const { rows } = await sql<{ count: string }>`select count(*) from audit_entries`.execute(
    house.tenant.db,
  );
  return Number(rows[0]?.count);
};

test('who reads a User and puts it back as it was changes nothing', async () => {
  const boss = await provider.user('boss@x.example');
  const id = await provider.user('ann@x.example', {
    [ENT]: { manager: boss, department: 'D' },
    roles: ['a', { value: 'b', primary: 'True' }],
    name: { givenName: 'Ann' },
    active: 'False',
  });
  await provider.group('Sales', [id]);
  const before = (await provider.scim('GET', `/Users/${id}`)).body;
  expect(before[ENT].manager).toEqual({ value: boss, $ref: `${provider.tenantUrl}/Users/${boss}` });
  const known = await entries();
  for (const body of [before, { ...before, groups: [], meta: {}, id: 'x', password: null }])
    expect((await provider.scim('PUT', `/Users/${id}`, body)).body).toEqual(before);
  expect((await patch(id, { op: 'replace', value: before })).body).toEqual(before);
  expect(
    (await patch(id, { op: 'Add', path: `${ENT}:manager`, value: before[ENT].manager })).body,
  ).toEqual(before);
  expect(await entries()).toBe(known);
  const {
    [ENT]: { manager },
  } = (
    await provider.scim('PUT', `/Users/${id}`, {
      ...before,
      [ENT]: { manager: { ...before[ENT].manager, value: id } },
    })
  ).body;
  expect(manager).toEqual({ value: id, $ref: `${provider.tenantUrl}/Users/${id}` });
});

test('elements that nothing tells apart any more are one', async () => {
  const id = await provider.user('ben@x.example', {
    emails: [
      { type: 'work', value: 'b' },
      { type: 'home', value: 'b', display: 'x' },
    ],
  });
  const { body } = await patch(id, { op: 'remove', path: 'emails.type' });
  expect(body.emails).toEqual([{ value: 'b', display: 'x' }]);
  expect((await provider.scim('PUT', `/Users/${id}`, body)).body).toEqual(body);
});

test('a name or address that was made up here is found by neither yes nor no, and sorted as missing', async () => {
  const id = await provider.user('cy@x.example', {
    schemas: [CORE],
    name: { givenName: 'Cy' },
    emails: null,
    title: 'sorted',
  });
  for (const [filter, total] of [
    ['displayName eq "Cy"', 0],
    ['displayName ne "Cy"', 1],
    ['not (displayName ne "Cy")', 0],
  ] as const) {
    expect(
      (
        await provider.scim(
          'GET',
          `/Users?filter=${encodeURIComponent(`${filter} and id eq "${id}"`)}`,
        )
      ).body.totalResults,
    ).toBe(total);
  }
  const zoe = await provider.user('a@x.example', {
    displayName: 'Zoe',
    title: 'sorted',
    emails: [{ value: 'z@x' }],
  });
  for (const [by, order] of [
    ['displayName', [zoe, id]],
    ['displayName&sortOrder=descending', [id, zoe]],
    ['emails', [zoe, id]],
    ['emails&sortOrder=descending', [id, zoe]],
  ] as const) {
    const { body } = await provider.scim(
      'GET',
      `/Users?filter=title%20eq%20%22sorted%22&sortBy=${by}`,
    );
    expect([by, body.Resources.map((user: { id: string }) => user.id)]).toEqual([by, order]);
  }
});

test('a text that no index can hold is refused with its name, not a fault', async () => {
  const noise = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');
  const answers = [
    { userName: noise(3_000) },
    { externalId: noise(3_000) },
    { displayName: noise(3_000) },
    {
      emails: [
        { value: 'short', primary: true },
        { value: noise(9_000), type: 'home' },
      ],
    },
  ];
  for (const [at, facts] of answers.entries())
    expect(
      await provider.scim('POST', '/Users', { userName: `long${at}@x.example`, ...facts }),
    ).toMatchObject({
      status: 400,
      body: {
        scimType: 'invalidValue',
        detail: expect.stringContaining(Object.keys(facts)[0] as string),
      },
    });
  expect(
    await provider.scim('POST', '/Users', { userName: 'long@x.example', title: noise(8_000) }),
  ).toMatchObject({ status: 201 });
  expect(
    await provider.scim('POST', '/Users', { userName: 'longer@x.example', title: noise(100_000) }),
  ).toMatchObject({ status: 400, body: { detail: expect.stringContaining('title') } });
});
