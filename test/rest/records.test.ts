import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authenticate, type ProviderRow } from '../../src/directory/index.ts';
import { type Answer, type Company, person, PUBLIC_URL, startCompany } from './company.ts';

const LIST = '/iam/identity_providers';
const JSON_TYPE = { 'content-type': 'application/json' };

let company: Company;
let admin: string;
let provider: ProviderRow;
let at: string;
beforeAll(async () => {
  company = await startCompany();
  admin = await company.token(['PROVISIONING_ADMIN']);
});
afterAll(() => company.stop());

let made = 0;
beforeEach(async () => {
  const signIn = {
    protocol: 'SAML',
    signInUrl: 'https://login.example/saml',
    entityIdUrl: 'https://login.example/entity',
    signatureAlgorithm: 'rsa-sha256',
  } as const;
  ({ provider } = await company.system.identityProviders.create({
    name: `Provider ${++made}`,
    kind: 'ENTRA_ID',
    signIn,
    provisioning: 'OFF',
  }));
  at = `${LIST}/saml2/${provider.id}`;
});

const ask = (path: string, token = admin, scheme = 'Token') =>
  company.send(path, { headers: { authorization: `${scheme} ${token}` } });
const change = (
  edit: unknown,
  {
    path = at,
    method = 'PATCH',
    headers = JSON_TYPE,
    token = admin,
  }: { path?: string; method?: string; headers?: Record<string, string>; token?: string } = {},
): Promise<Answer> =>
  company.send(path, {
    method,
    headers: { authorization: `Token ${token}`, ...headers },
    body: typeof edit === 'string' ? edit : JSON.stringify(edit),
  });
const current = async () =>
  (await company.system.identityProviders.get(provider.id)) as ProviderRow;
const recorded = async () =>
  (await company.system.audit.page({}, { first: 500 })).items
    .map(({ row }) => row)
    .filter(row => row.subjectId === provider.id)
    .toReversed();
const actions = async () => (await recorded()).map(row => row.action);

const inList = () => ({
  name: provider.name,
  is_active: true,
  protocol: 'SAML',
  uuid: provider.id,
  login_url: `${PUBLIC_URL}/sign-in/${provider.id}`,
  scim_integration: false,
  scim_url: null,
});
const alone = () => ({
  ...inList(),
  sign_in_url: 'https://login.example/saml',
  entity_id_url: 'https://login.example/entity',
  acs_url: `${PUBLIC_URL}/sign-in/${provider.id}/acs`,
  signature_algorithm: 'rsa-sha256',
});
const scimUrl = () => `${PUBLIC_URL}/scim/v2/${provider.id}/Users`;

describe('the list', () => {
  test.each(['Token', 'Bearer', 'token', 'BEARER'])(
    'is a plain array of the records, for %s',
    async scheme => {
      const { status, text } = await ask(LIST, admin, scheme);
      expect(status).toBe(200);
      const records = JSON.parse(text) as { uuid: string }[];
      expect(records.find(record => record.uuid === provider.id)).toEqual(inList());
      expect(records.map(record => record.uuid)).toEqual(
        (await company.system.identityProviders.all()).map(each => each.id),
      );
    },
  );

  test('bears a slash at its end and a query', async () => {
    expect((await ask(`${LIST}/?page=1`)).status).toBe(200);
  });

  test('says of a provider without sign-in and with provisioning paused what is so', async () => {
    const { provider: bare } = await company.system.identityProviders.create({
      name: 'Bare',
      kind: 'SCIM',
      provisioning: 'PAUSED',
    });
    const records = JSON.parse((await ask(LIST)).text) as { uuid: string }[];
    expect(records.find(record => record.uuid === bare.id)).toMatchObject({
      protocol: null,
      login_url: null,
      scim_integration: true,
      scim_url: `${PUBLIC_URL}/scim/v2/${bare.id}/Users`,
    });
  });

  test('holds nothing of another tenant', async () => {
    await company.stranger.identityProviders.create({ name: 'Foreign', kind: 'OKTA' });
    expect((await ask(LIST)).text).not.toContain('Foreign');
    expect(
      JSON.parse((await ask(LIST, await company.token(['DIRECTORY_READ'], company.stranger))).text),
    ).toHaveLength(1);
  });
});

describe('a record', () => {
  test.each([
    ['with the protocol', () => at],
    ['with the other protocol', () => `${LIST}/oidc/${provider.id}`],
    ['without a protocol', () => `${LIST}/${provider.id}`],
    ['with a slash at its end', () => `${at}/`],
    ['in capitals', () => `${LIST}/saml2/${provider.id.toUpperCase()}`],
  ])('is found by its uuid, %s', async (_, path) => {
    const { status, json, headers } = await ask(path());
    expect([status, json]).toEqual([200, alone()]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('of OpenID Connect has no assertion consumer', async () => {
    const { provider: oidc } = await company.system.identityProviders.create({
      name: `Oidc ${made}`,
      kind: 'OKTA',
      signIn: { protocol: 'OIDC', entityIdUrl: 'https://issuer.example' },
    });
    expect((await ask(`${LIST}/oidc/${oidc.id}`)).json).toMatchObject({
      protocol: 'OIDC',
      acs_url: null,
      sign_in_url: null,
      entity_id_url: 'https://issuer.example',
    });
  });

  test('that is foreign, unknown or no uuid at all is the same 404, for readers and writers', async () => {
    const { provider: foreign } = await company.stranger.identityProviders.create({
      name: `Theirs ${made}`,
      kind: 'OKTA',
    });
    for (const method of ['GET', 'PATCH', 'POST']) {
      const answers = await Promise.all(
        [foreign.id, randomUUID(), 'nonsense', '%00', 'saml2'].map(async id => {
          const { status, text } =
            method === 'GET'
              ? await ask(`${LIST}/saml2/${id}`)
              : await change({ scim_integration: true }, { path: `${LIST}/saml2/${id}`, method });
          return { status, text };
        }),
      );
      expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
        new Set([
          JSON.stringify({
            status: 404,
            text: '{"detail":"No such identity provider.","code":"not_found"}',
          }),
        ]),
      );
    }
  });
});

describe('switching provisioning', () => {
  test('on sets scim_url and shows the secret once; off makes it null and kills the secret; on again makes another', async () => {
    const on = await change({ scim_integration: true });
    expect([on.status, on.json]).toEqual([
      200,
      {
        ...alone(),
        scim_integration: true,
        scim_url: scimUrl(),
        secret_token: expect.stringMatching(/^muster_idp_/),
      },
    ]);
    expect((await current()).provisioning).toBe('ON');
    const secret = on.json['secret_token'] as string;
    expect(await authenticate(company.database.store, secret)).not.toBeNull();
    expect((await ask(at)).json).toEqual({
      ...alone(),
      scim_integration: true,
      scim_url: scimUrl(),
    });

    expect(await change({ scim_integration: false })).toMatchObject({ status: 200, json: alone() });
    expect((await current()).provisioning).toBe('OFF');
    expect(await authenticate(company.database.store, secret)).toBeNull();

    const again = await change({ scim_integration: true });
    expect(again.json['secret_token']).not.toBe(secret);
    expect(await actions()).toEqual([
      'identityProvider.created',
      'identityProvider.switchedOn',
      'identityProvider.switchedOff',
      'identityProvider.switchedOn',
    ]);
    expect((await recorded()).at(-1)).toMatchObject({
      outcome: 'SUCCESS',
      correlationId: again.headers.get('x-request-id'),
      actor: { kind: 'token' },
      changes: [{ name: 'provisioning', before: 'OFF', after: 'ON' }],
    });
  });

  test.each([
    ['PATCH', 'application/json'],
    ['PATCH', 'application/json; charset=utf-8'],
    ['PATCH', 'application/x-www-form-urlencoded'],
    ['POST', 'application/json'],
    ['POST', 'application/x-www-form-urlencoded'],
  ])('works by %s as %s', async (method, type) => {
    expect(
      await change('{"scim_integration": true}', { method, headers: { 'content-type': type } }),
    ).toMatchObject({ status: 200, json: { scim_integration: true, scim_url: scimUrl() } });
  });

  test('to what it is already changes nothing and records nothing', async () => {
    expect((await change({ scim_integration: false })).json).toEqual(alone());
    await change({ scim_integration: true });
    const before = await current();
    expect((await change({ scim_integration: true })).json).toEqual({
      ...alone(),
      scim_integration: true,
      scim_url: scimUrl(),
    });
    expect(await current()).toEqual(before);
    expect(await actions()).toEqual(['identityProvider.created', 'identityProvider.switchedOn']);
  });

  test('on leaves a paused provider paused, which the record counts as integrated', async () => {
    await company.system.identityProviders.update(provider.id, { provisioning: 'PAUSED' });
    expect(await change({ scim_integration: true })).toMatchObject({
      status: 200,
      json: { scim_integration: true },
    });
    expect((await current()).provisioning).toBe('PAUSED');
  });

  test('shows what was switched elsewhere', async () => {
    await company.system.identityProviders.update(provider.id, { provisioning: 'ON' });
    expect((await ask(at)).json).toMatchObject({ scim_integration: true, scim_url: scimUrl() });
    await company.system.identityProviders.update(provider.id, { provisioning: 'OFF' });
    expect((await ask(at)).json).toEqual(alone());
  });

  test('off makes its members editable, on with manual members in its teams is refused with the list, and they may be sent out', async () => {
    await change({ scim_integration: true });
    const entra = company.entra(provider);
    const ann = await entra.members.provision(person(`ann${made}@x.example`), {});
    const team = await entra.teams.provision(
      { name: `Sales ${made}`, externalId: 'g1' },
      [ann.id],
      {},
    );
    await expect(
      company.system.members.update(ann.id, { givenName: 'Anna' }),
    ).rejects.toMatchObject({ code: 'provisioned-read-only' });

    await change({ scim_integration: false });
    await company.system.members.update(ann.id, { givenName: 'Anna' });
    const grace = (await company.system.members.byHandle({ email: 'grace@northwind.example' }))!;
    await company.system.teams.admit(team.id, [grace.id]);

    const refused = await change({ scim_integration: true });
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'manual_members_inside', members: [{ uuid: grace.id }] },
    });
    expect(refused.json['detail']).toContain('Grace Okafor');
    expect((await current()).provisioning).toBe('OFF');
    const reader = await company.token(['PROVISIONING_ADMIN', 'DIRECTORY_READ']);
    expect((await change({ scim_integration: true }, { token: reader })).json['members']).toEqual([
      { uuid: grace.id, name: 'Grace Okafor', user_name: 'grace@northwind.example' },
    ]);

    expect(await change({ scim_integration: true, evict_manual_members: true })).toMatchObject({
      status: 200,
      json: { scim_integration: true },
    });
    await expect(company.system.teams.admit(team.id, [grace.id])).rejects.toMatchObject({
      code: 'manual-member-in-provisioned-team',
    });
  });
});

describe('changing the rest', () => {
  test('name and activity, in one change with one entry', async () => {
    expect(await change({ name: `  Renamed ${made} `, is_active: false })).toMatchObject({
      status: 200,
      json: { name: `Renamed ${made}`, is_active: false },
    });
    expect(await current()).toMatchObject({ name: `Renamed ${made}`, isActive: false });
    expect(await actions()).toEqual(['identityProvider.created', 'identityProvider.updated']);
  });

  test('a record that was read may be sent back, also twice', async () => {
    const { json } = await ask(at);
    for (const _ of [1, 2])
      expect(await change({ ...json, scim_integration: true })).toMatchObject({
        status: 200,
        json: { scim_integration: true, scim_url: scimUrl() },
      });
    expect(await actions()).toEqual(['identityProvider.created', 'identityProvider.switchedOn']);
    expect(await change({ ...json, sign_in_url: 'https://evil.example' })).toMatchObject({
      status: 400,
      json: { detail: '`sign_in_url` cannot be changed here.' },
    });
  });

  test('a name that is taken is refused, and nothing of the request remains', async () => {
    expect(await change({ name: 'microsoft entra id', scim_integration: true })).toMatchObject({
      status: 409,
      json: { code: 'name_taken' },
    });
    expect(await current()).toEqual(provider);
  });

  test('two who switch at once make one secret', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => change({ scim_integration: true })),
    );
    expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(answers.filter(answer => 'secret_token' in answer.json)).toHaveLength(1);
    expect(await actions()).toEqual(['identityProvider.created', 'identityProvider.switchedOn']);
  });
});

describe('who may', () => {
  test.each<[string, readonly Parameters<Company['token']>[0][number][], number, number]>([
    ['an administrator of provisioning reads and switches', ['PROVISIONING_ADMIN'], 200, 200],
    ['a reader reads', ['DIRECTORY_READ'], 200, 403],
    ['whoever may push only does neither', ['SCIM_INTEGRATE'], 403, 403],
    [
      'whoever may do anything else does neither',
      ['DIRECTORY_WRITE', 'ROLE_ADMIN', 'AUDIT_READ', 'TENANT_ADMIN'],
      403,
      403,
    ],
  ])('%s', async (_, permissions, reading, writing) => {
    const token = await company.token(permissions);
    expect([
      (await ask(LIST, token)).status,
      (await ask(at, token)).status,
      (await change({ scim_integration: true }, { token })).status,
    ]).toEqual([reading, reading, writing]);
    if (writing === 403) {
      expect((await change({ scim_integration: true }, { token })).json).toEqual({
        detail: 'This needs the permission PROVISIONING_ADMIN.',
        code: 'forbidden',
      });
      expect(
        (await change({ scim_integration: true }, { token, path: `${LIST}/${randomUUID()}` }))
          .status,
      ).toBe(403);
      expect(await current()).toEqual(provider);
    }
  });

  test('a person by a personal token, for as long as the role permits it and the person is active', async () => {
    const grace = (await company.system.members.byHandle({ email: 'grace@northwind.example' }))!;
    const { secret } = await company.system.credentials.issuePersonal(grace.id, 'script');
    expect((await change({ scim_integration: true }, { token: secret })).status).toBe(200);
    expect((await recorded()).at(-1)).toMatchObject({
      actor: { kind: 'member', name: 'Grace Okafor', memberId: grace.id },
    });
    await company.system.members.disable(grace.id);
    expect((await ask(at, secret)).status).toBe(401);
    await company.system.members.enable(grace.id);
    expect((await ask(at, secret)).status).toBe(200);
  });

  test('nobody without a token that is alive, all told the same', async () => {
    const { provider: other, secretToken } = await company.system.identityProviders.create({
      name: `Pushing ${made}`,
      kind: 'SCIM',
    });
    const { secret: revoked, token } = await company.system.credentials.createToken({
      name: 'Old',
      kind: 'SERVICE',
      permissions: ['PROVISIONING_ADMIN'],
    });
    await company.system.credentials.revokeToken(token.id);
    const wrong = [
      `Token ${secretToken}`,
      `Bearer ${revoked}`,
      `Token ${admin}x`,
      `Token ${admin.slice(0, -1)}`,
      'Token ',
      'Token',
      admin,
      `Basic ${btoa(`x:${admin}`)}`,
      'Bearer a.b.c',
      `Token ${admin} ${admin}`,
    ];
    for (const authorization of wrong) {
      const answer = await company.send(`${LIST}/${other.id}`, { headers: { authorization } });
      expect([authorization, answer.status, answer.text]).toEqual([
        authorization,
        401,
        '{"detail":"A valid token is needed: `Authorization: Token <token>`.","code":"unauthenticated"}',
      ]);
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="muster", error="invalid_token", Token realm="muster"',
      );
    }
    expect((await company.send(LIST)).headers.get('www-authenticate')).toBe(
      'Bearer realm="muster", Token realm="muster"',
    );
    expect((await change({ scim_integration: true }, { token: secretToken! })).status).toBe(401);
  });
});

describe('what is wrong is said', () => {
  test.each<[string, unknown, number, string]>([
    ['not JSON', '{', 400, 'invalid'],
    ['a form', 'scim_integration=true', 400, 'invalid'],
    ['nothing', '', 400, 'invalid'],
    ['a list', [], 400, 'invalid'],
    ['null', null, 400, 'invalid'],
    ['a text', '"on"', 400, 'invalid'],
    ['a number', 1, 400, 'invalid'],
    ['a truth', true, 400, 'invalid'],
    ['a switch as text', { scim_integration: 'true' }, 400, 'invalid'],
    ['a switch as number', { scim_integration: 1 }, 400, 'invalid'],
    ['a switch as null', { scim_integration: null }, 400, 'invalid'],
    ['a switch as list', { scim_integration: [true] }, 400, 'invalid'],
    ['a switch as object', { scim_integration: {} }, 400, 'invalid'],
    ['activity as text', { is_active: 'false' }, 400, 'invalid'],
    ['activity as null', { is_active: null }, 400, 'invalid'],
    ['a name as number', { name: 7 }, 400, 'invalid'],
    ['a name as null', { name: null }, 400, 'invalid'],
    ['an empty name', { name: '' }, 400, 'invalid'],
    ['a blank name', { name: '  ' }, 400, 'invalid'],
    ['a long name', { name: 'x'.repeat(257) }, 400, 'invalid'],
    ['a name of two lines', { name: 'a\nb' }, 400, 'invalid'],
    ['a NUL', { name: 'a\0b' }, 400, 'invalid'],
    ['half a character', '{"name":"a\\ud800"}', 400, 'invalid'],
    ['a misspelt switch', { scim_intergration: true }, 400, 'invalid'],
    ['another spelling', { scimIntegration: true }, 400, 'invalid'],
    ['a prototype', '{"__proto__":{"scim_integration":true}}', 400, 'invalid'],
    ['a constructor', { constructor: 1 }, 400, 'invalid'],
    ['another uuid', { uuid: randomUUID() }, 400, 'invalid'],
    ['another sign-in', { sign_in_url: 'https://x.example' }, 400, 'invalid'],
    ['another protocol', { protocol: 'OIDC' }, 400, 'invalid'],
    [
      'a nested mistake beside a good switch',
      { scim_integration: true, name: { a: 1 } },
      400,
      'invalid',
    ],
    ['something too deep', '['.repeat(50) + ']'.repeat(50), 400, 'invalid'],
    ['something too large', { name: 'x'.repeat(70_000) }, 413, 'too_large'],
    ['eviction as text', { evict_manual_members: 'yes' }, 400, 'invalid'],
  ])('a body that is %s', async (_, body, status, code) => {
    const answer = await change(body);
    expect([answer.status, answer.json['code'], Object.keys(answer.json)]).toEqual([
      status,
      code,
      ['detail', 'code'],
    ]);
    expect(answer.text).not.toMatch(/node_modules|\.ts|select |stack/);
    expect(await current()).toEqual(provider);
    expect(await actions()).toEqual(['identityProvider.created']);
  });

  test.each([
    ['text/plain', 415],
    ['application/xml', 415],
    ['application/json; charset=latin1', 415],
    ['multipart/form-data; boundary=x', 415],
  ])('a body of type %s', async (type, status) => {
    expect(
      await change('{"scim_integration":true}', { headers: { 'content-type': type } }),
    ).toMatchObject({ status, json: { code: 'unsupported_media_type' } });
  });

  test('an empty object changes nothing', async () => {
    expect(await change({})).toMatchObject({ status: 200, json: alone() });
    expect(await actions()).toEqual(['identityProvider.created']);
  });

  test.each([
    ['PUT', () => at, 'GET, HEAD, PATCH, POST'],
    ['DELETE', () => at, 'GET, HEAD, PATCH, POST'],
    ['OPTIONS', () => at, 'GET, HEAD, PATCH, POST'],
    ['POST', () => LIST, 'GET, HEAD'],
    ['DELETE', () => LIST, 'GET, HEAD'],
    ['GET', () => '/oauth/token', 'POST'],
  ])('the method %s where it does not belong', async (method, path, allow) => {
    const answer = await company.send(path(), {
      method,
      headers: { authorization: `Token ${admin}` },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test.each([
    '/iam',
    '/iam/',
    '/iam/users',
    '/iam/identity_providers/saml2/a/b',
    '/iam/identity_providers/ldap/x',
    '/iam/identity_providersx',
    '/oauth',
    '/oauth/authorize',
    '/iam//identity_providers',
  ])('an address that is nothing: %s', async path => {
    expect(await ask(path)).toMatchObject({
      status: 404,
      json: { detail: 'There is nothing here.', code: 'not_found' },
    });
  });

  test('HEAD is GET without a body', async () => {
    const answer = await company.send(LIST, {
      method: 'HEAD',
      headers: { authorization: `Token ${admin}` },
    });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

test('the use of a token is noted', async () => {
  const { secret, token } = await company.system.credentials.createToken({
    name: 'Seen',
    kind: 'SERVICE',
    permissions: ['DIRECTORY_READ'],
  });
  await ask(LIST, secret);
  await company.flush();
  expect((await company.system.credentials.byIds([token.id]))[0]?.lastUsedAt).toBeInstanceOf(Date);
});

test('a token that asks too much is told when to come again', async () => {
  const small = await startCompany({ RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '2' });
  const [one, other] = [
    await small.token(['DIRECTORY_READ']),
    await small.token(['DIRECTORY_READ']),
  ];
  const list = (token: string) =>
    small.send(LIST, { headers: { authorization: `Token ${token}` } });
  await list(one);
  await list(one);
  const refused = await list(one);
  expect([refused.status, refused.headers.get('retry-after'), refused.json['code']]).toEqual([
    429,
    '1',
    'too_many_requests',
  ]);
  expect((await list(other)).status).toBe(200);
  await small.stop();
});

test('no secret ever reached the log', async () => {
  const { json } = await change({ scim_integration: true });
  const all = company.log();
  expect(all).toContain('"route":"PATCH /iam/identity_providers/:uuid"');
  expect(all).toContain(`"tenantId":"${company.system.tenantId}"`);
  for (const secret of [admin, json['secret_token'] as string]) expect(all).not.toContain(secret);
  expect(all).not.toMatch(/muster_[a-z]+_\w|"level":"error"/);
});
