import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import { CORE, ERROR, GROUP, logged, NOBODY, PATCH_OP, scim } from './outside.ts';

/** C8-C13 of the table: which users and groups arrive, and from which attributes. */
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

let count = 0;
const fresh = (input: Record<string, unknown> = {}) =>
  house.provider({ name: `Provider ${++count}`, ...input });
const probe = () =>
  `/Users?filter=${encodeURIComponent(`userName eq "${randomUUID()}"`).replaceAll('%20', '+')}`;
const actions = (providerId: string) => logged(house.owner, { identityProviderId: [providerId] });

describe('C8: users only', () => {
  test('groups are an empty list and may not be made; the default role is given still', async () => {
    const entra = await fresh();
    const before = await entra.group(`Before ${count}`);
    const set = await house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, features: { acceptGroups: false } },
      'identityProvider { features { acceptGroups } }',
    );
    expect(set).toMatchObject({
      userErrors: [],
      identityProvider: { features: { acceptGroups: false } },
    });
    expect(await scim(entra, 'GET', '/Groups')).toEqual([200, NOBODY]);
    expect(await scim(entra, 'GET', `/Groups?filter=displayName+eq+%22Before+${count}%22`)).toEqual(
      [200, NOBODY],
    );
    for (const [method, path, body] of [
      ['POST', '/Groups', { displayName: `Refused ${count}` }],
      [
        'PATCH',
        `/Groups/${before}`,
        { schemas: [PATCH_OP], Operations: [{ op: 'replace', path: 'displayName', value: 'x' }] },
      ],
      ['PUT', `/Groups/${before}`, { displayName: 'x' }],
    ] as const)
      expect([method, ...(await scim(entra, method, path, body))]).toMatchObject([
        method,
        403,
        { schemas: [ERROR], status: '403' },
      ]);
    const id = await entra.user(`c8-${count}@contoso.com`);
    const { member, team, tenant } = await house.owner.ask(
      'query ($id: ID!, $name: String!) { member(id: $id) { role { id } } team(name: $name) { id } tenant { defaultRole { id } } }',
      { id, name: `Refused ${count}` },
    );
    expect(team).toBeNull();
    expect(member.role).toEqual(tenant.defaultRole);
  });
});

describe('C9: groups and membership flow', () => {
  test.each<[string, (ids: string[]) => unknown[], (id: string) => unknown[]]>([
    [
      "Entra's default dialect",
      ids => ids.map(value => ({ op: 'Add', path: 'members', value: [{ $ref: null, value }] })),
      id => [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: id }] }],
    ],
    [
      'the standard dialect',
      ids => [{ op: 'add', path: 'members', value: ids.map(value => ({ value })) }],
      id => [{ op: 'remove', path: `members[value eq "${id}"]` }],
    ],
    [
      "Okta's",
      ids => [
        { op: 'replace', path: 'members', value: ids.map(value => ({ value, display: 'x' })) },
      ],
      id => [{ op: 'remove', path: `members[value eq "${id}"]` }],
    ],
    [
      'no path',
      ids => [{ op: 'add', value: { members: ids.map(value => ({ value })) } }],
      id => [{ op: 'REMOVE', path: 'Members', value: { value: id } }],
    ],
  ])('in %s', async (_, add, remove) => {
    const entra = await fresh();
    const ids = [
      await entra.user(`a-${count}@contoso.com`),
      await entra.user(`b-${count}@contoso.com`),
    ];
    const group = await entra.group(`Sales ${count}`);
    const names = async () =>
      (
        await house.owner.ask(
          'query ($id: ID!) { team(id: $id) { members { nodes { origin member { id } } totalCount } } }',
          { id: group },
        )
      )['team'].members.nodes
        .map((each: { member: { id: string } }) => each.member.id)
        .toSorted();
    for (const turn of [1, 2]) {
      const answer = await entra.scim('PATCH', `/Groups/${group}`, {
        schemas: [PATCH_OP],
        Operations: add(ids),
      });
      expect([turn, answer.status]).toEqual([turn, 200]);
      expect(await names()).toEqual(ids.toSorted());
    }
    for (const turn of [1, 2]) {
      expect([
        turn,
        (
          await entra.scim('PATCH', `/Groups/${group}`, {
            schemas: [PATCH_OP],
            Operations: remove(ids[0]!),
          })
        ).status,
      ]).toEqual([turn, 200]);
      expect(await names()).toEqual([ids[1]]);
    }
    expect((await entra.scim('GET', `/Users/${ids[1]}`)).body.groups).toMatchObject([
      { value: group, display: `Sales ${count}` },
    ]);
    expect(await actions(entra.id)).toEqual([
      'identityProvider.created',
      'member.created',
      'member.created',
      'team.created',
      'membership.added',
      'membership.added',
      'membership.removed',
    ]);
  });
});

describe('C10: a mapping of four attributes', () => {
  test.each([
    ['an address', 'four@contoso.com', 'four@contoso.com'],
    ['no address', 'CONTOSO\\four', ''],
    ['an address in capitals', 'Four.Big@Contoso.COM', 'Four.Big@Contoso.COM'],
  ])('makes a usable member when userName is %s', async (_, userName, email) => {
    const entra = await fresh();
    const { status, body } = await entra.scim('POST', '/Users', {
      schemas: [CORE],
      userName,
      active: true,
      name: { givenName: 'Fay', familyName: 'Four' },
    });
    expect([status, body.userName, body.active, body.name]).toEqual([
      201,
      userName,
      true,
      { givenName: 'Fay', familyName: 'Four' },
    ]);
    const { member } = await house.owner.ask(
      'query ($id: ID!) { member(id: $id) { userName email givenName familyName displayName state role { name } } }',
      { id: body.id },
    );
    expect(member).toMatchObject({
      userName,
      givenName: 'Fay',
      familyName: 'Four',
      displayName: 'Fay Four',
      state: 'ACTIVE',
      ...(email && { email }),
    });
  });
});

describe('C11: mail mapped to userName', () => {
  test('is found by either, in any case', async () => {
    const entra = await fresh();
    const id = await entra.user(`Mixed.Case-${count}@Contoso.com`);
    for (const filter of [
      `userName eq "mixed.case-${count}@contoso.com"`,
      `USERNAME EQ "MIXED.CASE-${count}@CONTOSO.COM"`,
      `emails[type eq "work"].value eq "MIXED.case-${count}@contoso.com"`,
      `emails.value eq "mixed.case-${count}@CONTOSO.com"`,
      `emails eq "mixed.case-${count}@contoso.com"`,
      `${CORE}:userName eq "mixed.case-${count}@contoso.com"`,
      `emails[type eq "work" and value eq "mixed.case-${count}@contoso.com"]`,
    ]) {
      const { status, body } = await entra.scim(
        'GET',
        `/Users?filter=${encodeURIComponent(filter)}`,
      );
      expect([filter, status, body.totalResults, body.Resources?.[0]?.id]).toEqual([
        filter,
        200,
        1,
        id,
      ]);
      expect(body.Resources[0].userName).toBe(`Mixed.Case-${count}@Contoso.com`);
    }
  });

  test('is found by the address too when it was derived from userName', async () => {
    const entra = await fresh();
    const { body } = await entra.scim('POST', '/Users', { userName: `only-${count}@contoso.com` });
    const found = await entra.scim(
      'GET',
      `/Users?filter=${encodeURIComponent(`emails[type eq "work"].value eq "ONLY-${count}@contoso.com"`)}`,
    );
    expect(found.body.Resources.map((each: { id: string }) => each.id)).toEqual([body.id]);
  });
});

describe('C13: provision on demand', () => {
  test('the sequence of Entra lands in seconds', async () => {
    const entra = await fresh();
    const start = Date.now();
    expect((await entra.scim('GET', probe())).body).toEqual(NOBODY);
    expect(
      (await entra.scim('GET', `/Users?filter=userName+eq+%22ann%40pod.example%22`)).body,
    ).toEqual(NOBODY);
    const { status, body } = await entra.scim('POST', '/Users', {
      schemas: [CORE, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
      externalId: 'ann',
      userName: 'ann@pod.example',
      active: true,
      displayName: 'Ann',
      emails: [{ type: 'work', value: 'ann@pod.example', primary: true }],
      name: { givenName: 'Ann', familyName: 'Example', formatted: 'Ann Example' },
      roles: [],
      meta: { resourceType: 'User' },
    });
    expect(status).toBe(201);
    expect(
      (
        await entra.scim(
          'GET',
          '/Groups?excludedAttributes=members&filter=displayName+eq+%22POD%22',
        )
      ).body,
    ).toEqual(NOBODY);
    const group = await entra.scim('POST', '/Groups', {
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: randomUUID(),
      displayName: 'POD',
      meta: { resourceType: 'Group' },
    });
    expect(group.status).toBe(201);
    expect(
      (
        await entra.scim('PATCH', `/Groups/${group.body.id}`, {
          schemas: [PATCH_OP],
          Operations: [{ op: 'Add', path: 'members', value: [{ value: body.id }] }],
        })
      ).status,
    ).toBe(200);
    expect(
      (
        await entra.scim('PATCH', `/Users/${body.id}`, {
          schemas: [PATCH_OP],
          Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
        })
      ).status,
    ).toBe(200);
    expect(
      (await entra.scim('GET', '/Users?filter=userName+eq+%22ANN%40pod.example%22')).body.Resources,
    ).toMatchObject([{ id: body.id, active: false }]);
    expect(Date.now() - start).toBeLessThan(5_000);
    expect(
      (
        await house.owner.ask(
          '{ team(name: "pod") { members { nodes { member { userName state } } } } }',
        )
      )['team'].members.nodes,
    ).toEqual([{ member: { userName: 'ann@pod.example', state: 'DISABLED' } }]);
  });
});
