import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';
import { CORE, find, patch, scim } from './outside.ts';

/**
 * Rule 19: names are compared trimmed, NFC and case-folded, at every door; what was sent is given
 * back.
 */
let house: House;
let owner: Person;
let entra: Provider;
beforeAll(async () => {
  house = await openHouse();
  owner = house.owner;
  entra = await house.provider({ name: 'Straße' });
});
afterAll(() => house.close({ owed: 'anything' }));

/** Two spellings of one name, told apart by a number. */
const SPELLINGS: [how: string, one: (at: string) => string, other: (at: string) => string][] = [
  ['blanks at its ends', at => `ann${at}@x.example`, at => ` ann${at}@x.example\u00a0`],
  ['composition', at => `ren\u00e9${at}@x.example`, at => `rene\u0301${at}@x.example`],
  ['a final sigma', at => `ΟΔΟΣ${at} ΟΔΟΣ`, at => `οδος${at} οδος`],
  ['a capital i with a dot', at => `İpek${at}@x.example`, at => `i̇pek${at}@x.example`],
  ['a sharp s', at => `weiß${at}@x.example`, at => `WEISS${at}@X.example`],
];
const post = (userName: string, more: object = {}) =>
  scim(entra, 'POST', '/Users', { schemas: [CORE], userName, ...more });
const codeOf = ({ userErrors }: { userErrors: { code: string }[] }) =>
  userErrors.map(({ code }) => code);

describe.each(SPELLINGS)('spellings that differ by %s are one name', (_how, one, other) => {
  test('to SCIM: a second User is a 409, either spelling finds the first, which is said as it was sent', async () => {
    const [made, user] = await post(one('1'));
    expect(made).toBe(201);
    expect(await post(other('1'))).toEqual([
      409,
      expect.objectContaining({ scimType: 'uniqueness' }),
    ]);
    expect(await find(entra, 'Users', `userName eq "${other('1')}"`)).toEqual([user.id]);
    expect((await scim(entra, 'GET', `/Users/${user.id}`))[1].userName).toBe(one('1'));
    const [put] = await scim(entra, 'PUT', `/Users/${user.id}`, {
      schemas: [CORE],
      userName: other('1'),
    });
    expect(put).toBe(200);
    expect((await scim(entra, 'GET', `/Users/${user.id}`))[1].userName).toBe(other('1'));
    expect(await post(one('1'))).toEqual([
      409,
      expect.objectContaining({ scimType: 'uniqueness' }),
    ]);
    const [, second] = await post(one('2'));
    const replaced = await patch(entra, `/Users/${second.id}`, {
      op: 'replace',
      path: 'userName',
      value: one('1'),
    });
    expect(replaced[0]).toBe(409);
  });

  test('to GraphQL: it is found, it is taken, and a Group is as well', async () => {
    const [, user] = await post(one('3'));
    const { member, tenant, provisioningReport } = await owner.ask(
      `query ($it: String) { member(userName: $it) { id userName } tenant { members(filter: {
        userName: { in: [$it] } }) { nodes { id } }
        } provisioningReport(filter: { endUser: $it, timespan: { gte: "2020-01-01T00:00:00Z" } }) {
        nodes { operation } } }`.replaceAll('[$it]', `["${other('3')}"]`),
      { it: other('3') },
    );
    expect(member).toEqual({ id: user.id, userName: one('3') });
    expect(tenant.members.nodes).toEqual([{ id: user.id }]);
    expect(provisioningReport.nodes).toEqual([{ operation: 'member.created' }]);
    expect(codeOf(await owner.does('teamCreate', { name: one('3') }, 'team { id }'))).toEqual([]);
    expect(codeOf(await owner.does('teamCreate', { name: other('3') }, 'team { id }'))).toEqual([
      'ALREADY_TAKEN',
    ]);
    expect(
      codeOf(
        await owner.does(
          'roleCreate',
          { name: one('3'), permissions: [], rank: 60 },
          'role { id }',
        ),
      ),
    ).toEqual([]);
    expect(
      codeOf(
        await owner.does(
          'roleCreate',
          { name: other('3'), permissions: [], rank: 61 },
          'role { id }',
        ),
      ),
    ).toEqual(['ALREADY_TAKEN']);
  });

  test('and a rename from one to the other cuts no link', async () => {
    const provider = await house.provider({ name: `Off ${one('4')}` });
    const [, user] = await scim(provider, 'POST', '/Users', {
      schemas: [CORE],
      userName: one('4'),
    });
    const group = await provider.group(one('5'));
    const set = (provisioning: string) =>
      owner.does(
        'identityProviderUpdate',
        { id: provider.id, provisioning },
        'identityProvider { id }',
      );
    await set('OFF');
    const told = 'provenance { detached } links { identityProvider { id } }';
    const linked = {
      provenance: { detached: false },
      links: [{ identityProvider: { id: provider.id } }],
    };
    const renamed = await owner.does(
      'memberUpdate',
      { id: user.id, userName: other('4') },
      `member { userName ${told} }`,
    );
    expect(renamed['member']).toEqual({ userName: other('4').trim(), ...linked });
    const { team } = await owner.does(
      'teamUpdate',
      { id: group, name: other('5') },
      'team { name provenance { detached origin } }',
    );
    expect(team).toEqual({
      name: other('5').trim(),
      provenance: { detached: false, origin: 'SCIM' },
    });
  });
});

test('a name of a provider is one in every spelling', async () => {
  expect(
    codeOf(
      await owner.does(
        'identityProviderCreate',
        { name: ' STRASSE', kind: 'OKTA' },
        'identityProvider { id }',
      ),
    ),
  ).toEqual(['ALREADY_TAKEN']);
});

test('a pushed role is mapped in every spelling', async () => {
  const { tenant } = await owner.ask('{ tenant { roles { id name } } }');
  const roleId = tenant.roles.find(({ name }: { name: string }) => name === 'Auditor').id;
  await owner.does(
    'roleMappingsSet',
    { mappings: [{ pushedRole: 'Büro', roleId }] },
    'mappings { id }',
  );
  const [, user] = await post('clerk@x.example', { roles: [{ value: ' BU\u0308RO' }] });
  const { member } = await owner.ask('query ($id: ID) { member(id: $id) { role { name } } }', {
    id: user.id,
  });
  expect(member.role.name).toBe('Auditor');
});

test.each([
  ['plain', {}, null],
  ['mail@x.example', {}, 'mail@x.example'],
  ['other', { emails: [{ value: 'other@x.example', type: 'work' }] }, 'other@x.example'],
  [
    'blank',
    { emails: [{ value: ' blank@x.example ', type: 'work', primary: true }] },
    'blank@x.example',
  ],
  ['none', { emails: [{ value: 'none', type: 'work', primary: true }] }, null],
  [
    'second',
    {
      emails: [
        { value: 'none', primary: true },
        { value: 'second@x.example', type: 'home' },
      ],
    },
    'second@x.example',
  ],
])(
  'of a User called %s with %j the address is %s, and what was sent is given back',
  async (userName, sent, email) => {
    const [status, user] = await post(userName, sent);
    expect(status).toBe(201);
    const { member } = await owner.ask('query ($id: ID) { member(id: $id) { email } }', {
      id: user.id,
    });
    expect(member.email).toBe(email);
    expect((await scim(entra, 'GET', `/Users/${user.id}`))[1]).toMatchObject({ userName, ...sent });
  },
);

test('an address names a member only while one alone has it', async () => {
  const emails = [{ value: 'shared@x.example', type: 'work' }];
  const [, first] = await post('first of two', { emails });
  const byAddress = async () =>
    (await owner.ask('{ member(email: " Shared@x.example") { id } }'))['member'] as {
      id: string;
    } | null;
  expect(await byAddress()).toEqual({ id: first.id });
  const [, second] = await post('second of two', { emails });
  expect(await byAddress()).toBeNull();
  await scim(entra, 'DELETE', `/Users/${second.id}`);
  expect(await byAddress()).toEqual({ id: first.id });
});
