import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';
import { accessToken, as, ERROR, everything, logged, NOBODY } from './outside.ts';

/**
 * C1-C7 of the table: what an admin does, and what an identity provider sees, when the two are
 * connected.
 */
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
const memberRows = async () =>
  (await house.query<{ row: string }>('select m::text as row from members m')).map(
    ({ row }) => row,
  );
const actions = (providerId: string) => logged(house.owner, { identityProviderId: [providerId] });

describe('C1: switching SCIM on shows Tenant URL and secret token', () => {
  test('once; later only the last four, and the database holds no more than a digest', async () => {
    const made = await house.owner.does(
      'identityProviderCreate',
      { name: 'Contoso', kind: 'ENTRA_ID' },
      'identityProvider { id name kind isActive provisioning scimUrl adoption credentials { id lastFour createdAt expiresAt lastUsedAt retiring } } tenantUrl secretToken',
    );
    expect(made.userErrors).toEqual([]);
    const { identityProvider: provider, tenantUrl, secretToken } = made;
    expect(tenantUrl).toBe(`${house.origin}/scim/v2/${provider.id}`);
    expect(secretToken).toMatch(/^muster_\w{60,}$/);
    expect(provider).toMatchObject({
      name: 'Contoso',
      kind: 'ENTRA_ID',
      isActive: true,
      provisioning: 'ON',
      adoption: 'ASK',
      credentials: [{ lastFour: secretToken.slice(-4), lastUsedAt: null, retiring: false }],
    });
    expect(await actions(provider.id)).toEqual(['identityProvider.created']);
    const { identityProvider: later } = await house.owner.ask(
      'query ($id: ID!) { identityProvider(id: $id) { scimUrl credentials { lastFour } } }',
      { id: provider.id },
    );
    expect(later).toEqual({
      scimUrl: provider.scimUrl,
      credentials: [{ lastFour: secretToken.slice(-4) }],
    });
    await (
      await fetch(`${tenantUrl}/Users`, { headers: { authorization: `Bearer ${secretToken}` } })
    ).text();
    await (
      await fetch(`${tenantUrl}/Users`, {
        method: 'POST',
        headers: {
          'authorization': `Bearer ${secretToken}`,
          'content-type': 'application/scim+json',
        },
        body: JSON.stringify({ userName: 'x@contoso.com', password: secretToken, secretToken }),
      })
    ).text();
    const stored = await everything(house, 'all');
    expect(stored).toContain(provider.id);
    expect(stored.split(secretToken.slice(30, 60)).length - 1).toBe(0);
  });

  test('switched on later it is shown then, and once', async () => {
    const made = await house.owner.does(
      'identityProviderCreate',
      { name: 'Later', kind: 'OKTA', provisioning: 'OFF' },
      'identityProvider { id scimUrl credentials { id } } tenantUrl secretToken',
    );
    expect(made).toMatchObject({
      tenantUrl: null,
      secretToken: null,
      identityProvider: { scimUrl: null, credentials: [] },
    });
    const on = await house.owner.does(
      'identityProviderUpdate',
      { id: made['identityProvider'].id, provisioning: 'ON' },
      'identityProvider { provisioning scimUrl credentials { lastFour } } tenantUrl secretToken',
    );
    expect(on).toMatchObject({
      userErrors: [],
      identityProvider: {
        provisioning: 'ON',
        credentials: [{ lastFour: on['secretToken'].slice(-4) }],
      },
    });
    expect(
      (
        await fetch(`${on['tenantUrl']}/Users`, {
          headers: { authorization: `Bearer ${on['secretToken']}` },
        })
      ).status,
    ).toBe(200);
    const again = await house.owner.does(
      'identityProviderUpdate',
      { id: made['identityProvider'].id, provisioning: 'ON' },
      'identityProvider { credentials { lastFour } } secretToken',
    );
    expect(again).toMatchObject({
      secretToken: null,
      identityProvider: { credentials: [{ lastFour: on['secretToken'].slice(-4) }] },
    });
    expect(await actions(made['identityProvider'].id)).toEqual([
      'identityProvider.created',
      'identityProvider.switchedOn',
    ]);
  });

  test('only for who may manage providers', async () => {
    for (const person of [house.member, house.auditor]) {
      const refused = await person.does(
        'identityProviderCreate',
        { name: 'No', kind: 'SCIM' },
        'identityProvider { id } tenantUrl secretToken',
      );
      expect(refused).toMatchObject({
        identityProvider: null,
        tenantUrl: null,
        secretToken: null,
        userErrors: [{ code: 'FORBIDDEN' }],
      });
    }
  });
});

describe('C2: test connection', () => {
  test.each(['/Users', '/Groups'])(
    '%s with a filter that finds nobody is an empty list, and nothing is written',
    async at => {
      const entra = await fresh();
      const before = await memberRows();
      const path =
        at === '/Users'
          ? probe()
          : `/Groups?excludedAttributes=members&filter=displayName+eq+%22${randomUUID()}%22`;
      const { status, body, headers } = await entra.scim('GET', path);
      expect([status, body]).toEqual([200, NOBODY]);
      expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
      expect(await actions(entra.id)).toEqual(['identityProvider.created']);
      expect((await memberRows()).toSorted()).toEqual(before.toSorted());
    },
  );

  test.each<[string, (entra: Provider) => string | undefined]>([
    ['none', () => undefined],
    ['nonsense', () => 'Bearer nonsense'],
    ['an empty one', () => 'Bearer '],
    [
      'one letter changed',
      entra => `Bearer ${entra.secret.slice(0, -1)}${entra.secret.endsWith('a') ? 'b' : 'a'}`,
    ],
    ['another scheme', entra => `Basic ${Buffer.from(`x:${entra.secret}`).toString('base64')}`],
  ])('with a wrong token (%s) it is a 401 in the words of SCIM', async (_, header) => {
    const entra = await fresh();
    const authorization = header(entra);
    const answer = await fetch(entra.tenantUrl + probe(), {
      headers: { ...(authorization !== undefined && { authorization }) },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(await answer.json()).toMatchObject({
      schemas: [ERROR],
      status: '401',
      detail: expect.any(String),
    });
  });

  test("another provider's token, and another tenant's, are wrong at this URL", async () => {
    const [entra, okta, theirs] = [
      await fresh(),
      await fresh(),
      await house.provider({ name: `T ${++count}` }, house.stranger),
    ];
    for (const [at, by] of [
      [entra, okta],
      [okta, entra],
      [entra, theirs],
      [theirs, entra],
    ] as const) {
      expect((await as(at, by.secret).scim('GET', '/Users')).status).toBe(401);
    }
  });
});

describe('C3: OFF, or a new credential, ends the integration', () => {
  test('OFF kills every credential on the next request, also a rotated one and an access token', async () => {
    const entra = await fresh();
    const rotated = await house.owner.does(
      'identityProviderRotateCredential',
      { id: entra.id },
      'secretToken identityProvider { credentials { retiring } }',
    );
    expect(
      rotated['identityProvider'].credentials
        .map((each: { retiring: boolean }) => each.retiring)
        .toSorted(),
    ).toEqual([false, true]);
    const access = await accessToken(house.origin, entra.id, rotated['secretToken']);
    const all = [entra.secret, rotated['secretToken'] as string, access];
    for (const secret of all)
      expect((await as(entra, secret).scim('GET', '/Users')).status).toBe(200);
    await house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, provisioning: 'OFF' },
      'identityProvider { scimUrl }',
    );
    for (const secret of all) {
      for (const [method, path, body] of [
        ['GET', '/Users'],
        ['GET', '/ServiceProviderConfig'],
        ['POST', '/Users', { userName: 'late@contoso.com' }],
        ['GET', '/Groups'],
      ] as const) {
        expect([path, (await as(entra, secret).scim(method, path, body)).status]).toEqual([
          path,
          401,
        ]);
      }
    }
    const on = await house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, provisioning: 'ON' },
      'secretToken',
    );
    for (const secret of all)
      expect((await as(entra, secret).scim('GET', '/Users')).status).toBe(401);
    expect((await as(entra, on['secretToken']).scim('GET', '/Users')).status).toBe(200);
  });

  test('replacing kills the old one at once, and its access tokens', async () => {
    const entra = await fresh();
    const access = await accessToken(house.origin, entra.id, entra.secret);
    const replaced = await house.owner.does(
      'identityProviderReplaceCredential',
      { id: entra.id },
      'tenantUrl secretToken identityProvider { id credentials { lastFour } }',
    );
    expect(replaced).toMatchObject({
      userErrors: [],
      tenantUrl: entra.tenantUrl,
      identityProvider: { credentials: [{ lastFour: replaced['secretToken'].slice(-4) }] },
    });
    expect((await entra.scim('GET', '/Users')).status).toBe(401);
    expect((await as(entra, access).scim('GET', '/Users')).status).toBe(401);
    expect((await as(entra, replaced['secretToken']).scim('GET', '/Users')).status).toBe(200);
  });

  test('a provider that is not in use is refused too, and comes back with the same token', async () => {
    const entra = await fresh();
    await house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, isActive: false },
      'identityProvider { isActive }',
    );
    expect((await entra.scim('GET', '/Users')).status).toBe(401);
    await house.owner.does(
      'identityProviderUpdate',
      { id: entra.id, isActive: true },
      'identityProvider { isActive }',
    );
    expect((await entra.scim('GET', '/Users')).status).toBe(200);
  });
});

describe("C4: a person's token as the secret", () => {
  test("of an owner works on the provider's URL, and the log names the person", async () => {
    const entra = await fresh();
    const person = await house.person({ role: 'owner', name: 'Oona Owner' });
    const id = await as(entra, person.token).user(`c4-${count}@contoso.com`);
    expect(
      (
        await house.owner.ask(
          'query ($id: ID!) { member(id: $id) { provenance { origin managed identityProvider { id } } history { nodes { action actor { __typename ... on Member { id } } } } } }',
          { id },
        )
      )['member'],
    ).toEqual({
      provenance: { origin: 'SCIM', managed: true, identityProvider: { id: entra.id } },
      history: {
        nodes: [{ action: 'member.created', actor: { __typename: 'Member', id: person.id } }],
      },
    });
    expect(await actions(entra.id)).toEqual(['identityProvider.created', 'member.created']);
  });

  test('with the SCIM permission alone works; without it is a 403 in the words of SCIM', async () => {
    const entra = await fresh();
    const token = async (permissions: string[], kind = 'SERVICE', by: Person = house.owner) =>
      (await by.does('tokenCreate', { name: permissions.join(), kind, permissions }, 'secret'))[
        'secret'
      ] as string;
    const able = await token(['SCIM_INTEGRATE'], 'SCIM');
    expect((await as(entra, able).scim('GET', '/Users')).status).toBe(200);
    await as(entra, able).user(`able-${count}@contoso.com`);
    for (const unable of [
      await token(['DIRECTORY_READ', 'DIRECTORY_WRITE', 'PROVISIONING_ADMIN']),
      house.member.token,
      house.auditor.token,
    ]) {
      for (const [method, path] of [
        ['GET', '/Users'],
        ['GET', '/Groups'],
        ['POST', '/Users'],
        ['GET', '/Schemas'],
      ] as const) {
        const { status, body } = await as(entra, unable).scim(
          method,
          path,
          method === 'POST' ? { userName: 'no@contoso.com' } : undefined,
        );
        expect([path, status, body]).toEqual([
          path,
          403,
          expect.objectContaining({ schemas: [ERROR], status: '403', detail: expect.any(String) }),
        ]);
      }
    }
    const theirs = await token(['SCIM_INTEGRATE'], 'SCIM', house.stranger);
    expect([401, 404]).toContain((await as(entra, theirs).scim('GET', '/Users')).status);
  });

  test("dies with the provider's OFF, with the token and with the person", async () => {
    const entra = await fresh();
    const person = await house.person({ role: 'owner' });
    expect((await as(entra, person.token).scim('GET', '/Users')).status).toBe(200);
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'OFF' });
    expect((await as(entra, person.token).scim('GET', '/Users')).status).toBe(401);
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'ON' });
    expect((await as(entra, person.token).scim('GET', '/Users')).status).toBe(200);
    await house.owner.does('memberDisable', { id: person.id });
    expect((await as(entra, person.token).scim('GET', '/Users')).status).toBe(401);
    await house.owner.does('memberEnable', { id: person.id });
    await house.owner.does('tokenRevoke', { id: person.tokenId });
    expect((await as(entra, person.token).scim('GET', '/Users')).status).toBe(401);
  });
});

describe('C6 and C7: what a person is reminded of', () => {
  const attention = async (id: string) =>
    (
      await house.owner.ask('{ tenant { attention { message suggestedMutation subject { id } } } }')
    )['tenant'].attention
      .filter((item: { subject: { id: string } }) => item.subject.id === id)
      .map((item: { message: string }) => item.message) as string[];
  const signIn = {
    protocol: 'SAML',
    signInUrl: 'https://login.example/saml',
    entityIdUrl: 'https://login.example/entity',
  };

  test('sign-in is missing while provisioning is ON', async () => {
    const entra = await fresh();
    expect(await attention(entra.id)).toEqual([expect.stringContaining('sign in')]);
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'OFF' });
    expect(await attention(entra.id)).toEqual([]);
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'ON' });
    expect(await attention(entra.id)).toEqual([expect.stringContaining('sign in')]);
    await house.owner.does('identityProviderUpdate', { id: entra.id, signIn });
    expect(await attention(entra.id)).toEqual([]);
  });

  test('edit at the source, after the first arrival and not before', async () => {
    const entra = await fresh({ signIn });
    await entra.scim('GET', probe());
    await entra.scim('POST', '/Users', { displayName: 'no user name' });
    expect(await attention(entra.id)).toEqual([]);
    await entra.user(`first-${count}@contoso.com`);
    expect(await attention(entra.id)).toEqual([expect.stringMatching(/edited there/)]);
    const groups = await fresh({ signIn });
    await groups.group(`First ${count}`);
    expect(await attention(groups.id)).toHaveLength(1);
  });
});
