import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Person } from '../support/people.ts';
import { type Body, logged } from './outside.ts';

/**
 * I1-I4 of the table: the REST records of identity providers, for those who know them from
 * elsewhere.
 */
let house: House;
let id: string;
let off: string;
const signIn = {
  protocol: 'SAML',
  signInUrl: 'https://login.example/saml',
  entityIdUrl: 'https://login.example/entity',
  signatureAlgorithm: 'rsa-sha256',
};
beforeAll(async () => {
  house = await openHouse();
  ({ id } = (
    await house.owner.does(
      'identityProviderCreate',
      { name: 'Contoso', kind: 'ENTRA_ID', signIn },
      'identityProvider { id }',
    )
  )['identityProvider']);
});
afterAll(() => house.close({ owed: 'anything' }));

async function rest(
  path: string,
  {
    method = 'GET',
    body,
    type = 'application/json',
    scheme = 'Token',
    by = house.owner,
  }: {
    method?: string;
    body?: unknown;
    type?: string;
    scheme?: string;
    by?: Pick<Person, 'token'>;
  } = {},
): Promise<[number, Body]> {
  const answer = await fetch(house.origin + path, {
    method,
    headers: {
      authorization: `${scheme} ${by.token}`,
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return [answer.status, text === '' ? null : (JSON.parse(text) as Body)];
}
const record = (uuid: string) => `/iam/identity_providers/saml2/${uuid}`;
const scimUrl = (uuid: string) => `${house.origin}/scim/v2/${uuid}/Users`;
const seen = async (uuid: string) =>
  (
    await house.owner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { provisioning scimUrl } }',
      { id: uuid },
    )
  )['identityProvider'] as Body;
const made = async () =>
  (
    (
      await house.owner.does(
        'identityProviderCreate',
        { name: `Made ${randomUUID()}`, kind: 'ENTRA_ID', signIn, provisioning: 'OFF' },
        'identityProvider { id }',
      )
    )['identityProvider'] as { id: string }
  ).id;

describe('I1: the list', () => {
  test.each(['Token', 'Bearer'])('with %s, in the fields that are known', async scheme => {
    const [status, body] = await rest('/iam/identity_providers', { scheme });
    expect(status).toBe(200);
    const [first] = (Array.isArray(body) ? body : (body.results ?? body.data)) as Body[];
    expect(first).toEqual({
      name: 'Contoso',
      is_active: true,
      protocol: 'SAML',
      uuid: id,
      login_url: expect.stringContaining(house.origin),
      scim_integration: true,
      scim_url: scimUrl(id),
    });
  });

  test('says null for the URL of one that is off', async () => {
    off = await made();
    const [, list] = await rest('/iam/identity_providers');
    expect((list as Body[]).find(({ uuid }) => uuid === off)).toMatchObject({
      scim_integration: false,
      scim_url: null,
    });
  });

  test('is for those who may: nobody, a wrong token, another scheme', async () => {
    expect((await rest('/iam/identity_providers', { by: { token: 'nonsense' } }))[0]).toBe(401);
    expect((await fetch(`${house.origin}/iam/identity_providers`)).status).toBe(401);
    expect((await rest('/iam/identity_providers', { by: house.stranger }))[1]).toEqual([]);
  });
});

describe('I2: one record', () => {
  test('adds what sign-in needs', async () => {
    expect(await rest(record(id))).toEqual([
      200,
      {
        name: 'Contoso',
        is_active: true,
        protocol: 'SAML',
        uuid: id,
        login_url: expect.any(String),
        scim_integration: true,
        scim_url: scimUrl(id),
        sign_in_url: 'https://login.example/saml',
        entity_id_url: 'https://login.example/entity',
        acs_url: expect.stringContaining(house.origin),
        signature_algorithm: 'rsa-sha256',
      },
    ]);
  });

  test('of somebody else, and of nobody, are the same 404', async () => {
    const foreign = (
      (
        await house.stranger.does(
          'identityProviderCreate',
          { name: 'Theirs', kind: 'OKTA' },
          'identityProvider { id }',
        )
      )['identityProvider'] as { id: string }
    ).id;
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { scim_integration: false }],
      ['POST', { scim_integration: false }],
    ] as const) {
      const [theirs, nobodys] = [
        await rest(record(foreign), { method, body }),
        await rest(record(randomUUID()), { method, body }),
      ];
      expect([method, theirs]).toEqual([method, nobodys]);
      expect(theirs[0]).toBe(404);
    }
    expect((await rest(record(foreign), { by: house.stranger }))[1]).toMatchObject({
      scim_integration: true,
    });
  });
});

describe('I3: switching', () => {
  test.each([
    ['PATCH', 'application/json'],
    ['PATCH', 'application/x-www-form-urlencoded'],
    ['POST', 'application/x-www-form-urlencoded'],
    ['POST', 'application/json'],
  ])('%s with a JSON body sent as %s', async (method, type) => {
    const uuid = await made();
    const on = await rest(record(uuid), { method, type, body: { scim_integration: true } });
    expect(on).toMatchObject([200, { scim_integration: true, scim_url: scimUrl(uuid) }]);
    expect(await seen(uuid)).toEqual({
      provisioning: 'ON',
      scimUrl: expect.stringContaining(uuid),
    });
    const secret = (on[1] as { secret_token?: string }).secret_token;
    const asked = () =>
      fetch(`${scimUrl(uuid).replace('/Users', '')}/Users`, {
        headers: { authorization: `Bearer ${secret ?? house.owner.token}` },
      });
    expect((await asked()).status).toBe(200);
    expect(
      await rest(record(uuid), { method, type, body: { scim_integration: true } }),
    ).toMatchObject([200, { scim_integration: true }]);
    expect(
      await rest(record(uuid), { method, type, body: { scim_integration: false } }),
    ).toMatchObject([200, { scim_integration: false, scim_url: null }]);
    expect((await asked()).status).toBe(401);
    expect(await seen(uuid)).toEqual({ provisioning: 'OFF', scimUrl: null });
    expect(
      await rest(record(uuid), { method, type, body: { scim_integration: false } }),
    ).toMatchObject([200, { scim_url: null }]);
    expect(await logged(house.owner, { subjectId: [uuid] })).toEqual([
      'identityProvider.created',
      'identityProvider.switchedOn',
      'identityProvider.switchedOff',
    ]);
  });

  test('false is OFF: its members are editable at once', async () => {
    const uuid = await made();
    await rest(record(uuid), { method: 'PATCH', body: { scim_integration: true } });
    const at = `${house.origin}/scim/v2/${uuid}`;
    const answer = await fetch(`${at}/Users`, {
      method: 'POST',
      headers: {
        'authorization': `Bearer ${house.owner.token}`,
        'content-type': 'application/scim+json',
      },
      body: JSON.stringify({ userName: `i3-${uuid}@contoso.com` }),
    });
    const { id: memberId } = (await answer.json()) as { id: string };
    const edit = () => house.owner.does('memberUpdate', { id: memberId, givenName: 'Edited' });
    expect((await edit()).userErrors).toMatchObject([
      { code: 'PROVISIONED_READ_ONLY', owner: { id: uuid } },
    ]);
    await rest(record(uuid), { method: 'PATCH', body: { scim_integration: false } });
    expect((await edit()).userErrors).toEqual([]);
  });

  test.each([house => house.member, house => house.auditor] as ((house: House) => Person)[])(
    'is not for who may not manage providers',
    async who => {
      const uuid = await made();
      expect(
        (
          await rest(record(uuid), {
            method: 'PATCH',
            body: { scim_integration: true },
            by: who(house),
          })
        )[0],
      ).toBe(403);
      expect(await seen(uuid)).toMatchObject({ provisioning: 'OFF' });
    },
  );

  test.each([{ scim_integration: 'maybe' }, { scim_integration: null }, [], 'x', 7])(
    '%j is refused',
    async body => {
      expect((await rest(record(id), { method: 'PATCH', body }))[0]).toBe(400);
      expect(await seen(id)).toMatchObject({ provisioning: 'ON' });
    },
  );
});

describe('I4: the URL ends in /Users and is pasted as Tenant URL', () => {
  test.each([
    '/Users',
    '/Groups',
    '/ServiceProviderConfig',
    '/Schemas',
    '/ResourceTypes',
    '/Users/',
    '/Groups/',
    '/Users?aadOptscim062020',
    '/Groups?aadOptscim062020=',
    '/Users/?aadOptscim062020',
    '/',
    '',
    '?aadOptscim062020',
    '/?aadOptscim062020',
    '/Users?aadOptscim062020&filter=userName+eq+%22x%22',
    '?aadOptscim062020/Users?filter=userName+eq+%22x%22',
    '/?aadOptscim062020/Groups?filter=displayName+eq+%22x%22',
  ])('{scim_url}%s is answered', async path => {
    const provider = await fetch(scimUrl(id) + path, {
      headers: { authorization: `Bearer ${house.owner.token}` },
    });
    const body = (await provider.json()) as Body;
    expect([provider.status, body.schemas]).toEqual([200, expect.any(Array)]);
    if (path.includes('filter')) expect(body.totalResults).toBe(0);
  });

  test('users are made, found and changed below it, and say where they are without it', async () => {
    const send = async (method: string, path: string, body?: unknown): Promise<Body> => {
      const answer = await fetch(scimUrl(id) + path, {
        method,
        headers: {
          authorization: `Bearer ${house.owner.token}`,
          ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return answer.status === 204 ? null : answer.json();
    };
    const user = await send('POST', '/Users/?aadOptscim062020', { userName: 'pasted@contoso.com' });
    expect(user.meta.location).toBe(`${scimUrl(id)}/${user.id}`);
    expect((await send('GET', `/Users/${user.id}`)).id).toBe(user.id);
    expect(
      (
        await send('PATCH', `/Users/${user.id}?aadOptscim062020`, {
          Operations: [{ op: 'replace', value: { active: false } }],
        })
      ).active,
    ).toBe(false);
    const group = await send('POST', '/Groups', { displayName: 'Pasted' });
    await send('PATCH', `/Groups/${group.id}/`, {
      Operations: [{ op: 'add', path: 'members', value: [{ value: user.id }] }],
    });
    expect((await send('GET', `/Groups/${group.id}`)).members).toHaveLength(1);
  });
});
