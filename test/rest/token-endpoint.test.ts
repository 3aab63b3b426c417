import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authenticate, type ProviderRow } from '../../src/directory/index.ts';
import { type Company, startCompany } from './company.ts';

let company: Company;
let provider: ProviderRow;
let secret: string;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(() => company.stop());

let made = 0;
beforeEach(async () => {
  const created = await company.system.identityProviders.create({
    name: `Provider ${++made}`,
    kind: 'ENTRA_ID',
  });
  provider = created.provider;
  secret = created.secretToken!;
});

type Fields = Record<string, string>;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const asked = (more: Fields = {}): Fields => ({
  grant_type: 'client_credentials',
  client_id: provider.id,
  client_secret: secret,
  ...more,
});
const without = (...names: string[]): Fields =>
  Object.fromEntries(Object.entries(asked()).filter(([name]) => !names.includes(name)));
const basic = (id: string, password: string) => ({
  authorization: `Basic ${btoa(`${id}:${password}`)}`,
});
const ask = (
  fields: Fields | string,
  headers: Record<string, string> = {},
  path = '/oauth/token',
) =>
  company.send(path, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });
const opens = async (text: unknown) =>
  (await authenticate(company.database.store, text as string)) !== null;

const REFUSED = {
  status: 401,
  text: '{"error":"invalid_client","error_description":"The client or its secret is not valid."}',
};

describe('an access token', () => {
  test("is given for a provider's id and secret, and opens what the secret opens", async () => {
    const { status, headers, json } = await ask(asked());
    expect([status, json]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^muster_oat_/),
        token_type: 'Bearer',
        expires_in: 3600,
      },
    ]);
    expect([
      headers.get('content-type'),
      headers.get('cache-control'),
      headers.get('pragma'),
    ]).toEqual(['application/json; charset=utf-8', 'no-store', 'no-cache']);
    const caller = await authenticate(company.database.store, json['access_token'] as string);
    expect(caller).toMatchObject({
      provider: { id: provider.id },
      actor: {
        tenantId: company.system.tenantId,
        record: { kind: 'provider', providerId: provider.id },
      },
    });
  });

  test.each<[string, () => ReturnType<typeof ask>]>([
    ['in the header', () => ask({ grant_type: 'client_credentials' }, basic(provider.id, secret))],
    [
      'in the header, percent-encoded',
      () =>
        ask(
          { grant_type: 'client_credentials' },
          basic(provider.id.replaceAll('-', '%2D'), secret.replaceAll('_', '%5F')),
        ),
    ],
    [
      'in the header, the id also in the body',
      () =>
        ask(
          { grant_type: 'client_credentials', client_id: provider.id },
          basic(provider.id, secret),
        ),
    ],
    ['as JSON', () => ask(JSON.stringify(asked()), { 'content-type': 'application/json' })],
    ['with the id in capitals', () => ask(asked({ client_id: provider.id.toUpperCase() }))],
    ['with a slash at the end', () => ask(asked(), {}, '/oauth/token/')],
    ['with fields that nobody knows', () => ask(asked({ resource: 'x', audience: 'y' }))],
    ['with an empty scope', () => ask(asked({ scope: '' }))],
    [
      'with a charset',
      () => ask(asked(), { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
    ],
  ])('is given when asked %s', async (_, request) => {
    const { status, json } = await request();
    expect([status, Object.keys(json)]).toEqual([
      200,
      ['access_token', 'token_type', 'expires_in'],
    ]);
    expect(await opens(json['access_token'])).toBe(true);
  });

  test('says the scope that was asked for', async () => {
    expect((await ask(asked({ scope: 'scim api://x/.default' }))).json['scope']).toBe(
      'scim api://x/.default',
    );
  });

  test('is given while provisioning is paused: the door answers readers then', async () => {
    await company.system.identityProviders.update(provider.id, { provisioning: 'PAUSED' });
    expect((await ask(asked())).status).toBe(200);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'provisioning is switched off',
      () => company.system.identityProviders.update(provider.id, { provisioning: 'OFF' }),
    ],
    [
      'the provider is not in use',
      () => company.system.identityProviders.update(provider.id, { isActive: false }),
    ],
    ['the secret is replaced', () => company.system.identityProviders.replace(provider.id)],
    [
      'the secret is rotated without overlap',
      () => company.system.identityProviders.rotate(provider.id, { overlapHours: 0 }),
    ],
  ])('dies at once when %s, and no other is given', async (_, kill) => {
    const token = (await ask(asked())).json['access_token'];
    await kill();
    expect(await opens(token)).toBe(false);
    expect(await ask(asked())).toMatchObject(REFUSED);
    expect(
      await ask({ grant_type: 'client_credentials' }, basic(provider.id, secret)),
    ).toMatchObject(REFUSED);
  });

  test('does not promise more than is left of its secret, while two secrets are good', async () => {
    const { secretToken } = await company.system.identityProviders.rotate(provider.id, {
      overlapHours: 0.5,
    });
    const old = (await ask(asked())).json['expires_in'] as number;
    expect(old).toBeLessThanOrEqual(1_800);
    expect(old).toBeGreaterThan(1_700);
    expect((await ask(asked({ client_secret: secretToken! }))).json['expires_in']).toBe(3600);
  });

  test('notes the use of the secret and that the provider was heard of, and records nothing', async () => {
    const before = (await company.system.audit.page({}, { first: 500 })).items.length;
    await ask(asked());
    await company.flush();
    expect(
      (await company.system.credentials.ofProviders([provider.id]))[0]?.lastUsedAt,
    ).toBeInstanceOf(Date);
    expect((await company.system.audit.page({}, { first: 500 })).items).toHaveLength(before);
  });

  test('is no key to the records', async () => {
    const token = (await ask(asked())).json['access_token'] as string;
    expect(
      (
        await company.send('/iam/identity_providers', {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    ).toBe(401);
  });
});

describe('nobody is told why they were refused', () => {
  const grace = async () =>
    (await company.system.members.byHandle({ email: 'grace@northwind.example' }))!.id;
  test.each<[string, () => Promise<Fields> | Fields]>([
    ['an unknown client', () => asked({ client_id: randomUUID() })],
    ['a client that is no id', () => asked({ client_id: 'dir-17' })],
    ['a wrong secret', () => asked({ client_secret: 'wrong' })],
    [
      'a secret with one letter changed',
      () => asked({ client_secret: secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a') }),
    ],
    [
      'a well-formed secret that was never made',
      () =>
        asked({
          client_secret: company.database.store.secrets.issue('idp', company.system.tenantId).text,
        }),
    ],
    ['the secret with a blank', () => asked({ client_secret: `${secret} ` })],
    [
      "another provider's secret",
      async () =>
        asked({
          client_secret: (
            await company.system.identityProviders.create({ name: `Other ${made}`, kind: 'SCIM' })
          ).secretToken!,
        }),
    ],
    [
      "another tenant's provider",
      async () =>
        asked({
          client_id: (
            await company.stranger.identityProviders.create({
              name: `Foreign ${made}`,
              kind: 'SCIM',
            })
          ).provider.id,
        }),
    ],
    [
      "another tenant's secret",
      async () =>
        asked({
          client_secret: (
            await company.stranger.identityProviders.create({
              name: `Strange ${made}`,
              kind: 'SCIM',
            })
          ).secretToken!,
        }),
    ],
    [
      'a service token',
      async () => asked({ client_secret: await company.token(['SCIM_INTEGRATE']) }),
    ],
    [
      'a personal token',
      async () =>
        asked({
          client_secret: (await company.system.credentials.issuePersonal(await grace(), 'x'))
            .secret,
        }),
    ],
    [
      'an access token, which would renew itself',
      async () => asked({ client_secret: (await ask(asked())).json['access_token'] as string }),
    ],
    ['an empty secret', () => asked({ client_secret: '' })],
    ['an empty client', () => asked({ client_id: '' })],
    ['no secret', () => without('client_secret')],
    ['no client', () => without('client_id')],
    ['neither', () => without('client_id', 'client_secret')],
    [
      'an assertion instead of a secret',
      () => ({
        ...without('client_secret'),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'a.b.c',
      }),
    ],
  ])('%s', async (_, fields) => {
    const answer = await ask(await fields());
    expect(answer).toMatchObject(REFUSED);
    expect([answer.headers.get('www-authenticate'), answer.headers.get('cache-control')]).toEqual([
      'Basic realm="muster"',
      'no-store',
    ]);
  });

  test.each<[string, () => string]>([
    ['a wrong secret', () => basic(provider.id, 'wrong').authorization],
    ['no colon', () => `Basic ${btoa(provider.id)}`],
    ['nothing', () => 'Basic '],
    ['no base64', () => 'Basic ÿ!!'.replace('ÿ', 'y')],
    ['a broken percent sign', () => basic(provider.id, '%zz').authorization],
    ['another scheme', () => `Bearer ${secret}`],
    ['no UTF-8', () => `Basic ${btoa('\xff\xfe:\xff')}`],
    ['an endless name', () => basic('x'.repeat(7_000), secret).authorization],
  ])('in the header: %s', async (_, authorization) => {
    expect(
      await ask({ grant_type: 'client_credentials' }, { authorization: authorization() }),
    ).toMatchObject(REFUSED);
  });

  test('a secret in the address is not read', async () => {
    expect(
      (
        await ask(
          { grant_type: 'client_credentials' },
          {},
          `/oauth/token?${new URLSearchParams(asked())}`,
        )
      ).status,
    ).toBe(401);
    expect(company.log()).not.toContain(secret);
  });
});

describe('what is wrong with the request is said', () => {
  test.each<[string, () => ReturnType<typeof ask>, number, string]>([
    ['no grant type', () => ask(without('grant_type')), 400, 'invalid_request'],
    ['an empty grant type', () => ask(asked({ grant_type: '' })), 400, 'invalid_request'],
    [
      'a password grant',
      () => ask(asked({ grant_type: 'password' })),
      400,
      'unsupported_grant_type',
    ],
    ['a refresh', () => ask(asked({ grant_type: 'refresh_token' })), 400, 'unsupported_grant_type'],
    [
      'a grant in capitals',
      () => ask(asked({ grant_type: 'CLIENT_CREDENTIALS' })),
      400,
      'unsupported_grant_type',
    ],
    ['a quote in the scope', () => ask(asked({ scope: 'a"b' })), 400, 'invalid_scope'],
    ['two blanks in the scope', () => ask(asked({ scope: 'a  b' })), 400, 'invalid_scope'],
    ['an endless scope', () => ask(asked({ scope: 'x'.repeat(1_001) })), 400, 'invalid_scope'],
    [
      'a field twice',
      () => ask(`${new URLSearchParams(asked())}&client_secret=x`),
      400,
      'invalid_request',
    ],
    [
      'two ways to authenticate',
      () => ask(asked(), basic(provider.id, secret)),
      400,
      'invalid_request',
    ],
    [
      'two different clients',
      () =>
        ask(
          { grant_type: 'client_credentials', client_id: randomUUID() },
          basic(provider.id, secret),
        ),
      400,
      'invalid_request',
    ],
    ['no body', () => ask(''), 400, 'invalid_request'],
    ['a text', () => ask('x', { 'content-type': 'text/plain' }), 400, 'invalid_request'],
    ['XML', () => ask('<x/>', { 'content-type': 'application/xml' }), 400, 'invalid_request'],
    ['broken JSON', () => ask('{', { 'content-type': 'application/json' }), 400, 'invalid_request'],
    [
      'a JSON list',
      () => ask('[]', { 'content-type': 'application/json' }),
      400,
      'invalid_request',
    ],
    [
      'JSON null',
      () => ask('null', { 'content-type': 'application/json' }),
      400,
      'invalid_request',
    ],
    [
      'a secret that is no text',
      () =>
        ask(JSON.stringify({ ...asked(), client_secret: { $ne: 1 } }), {
          'content-type': 'application/json',
        }),
      400,
      'invalid_request',
    ],
    [
      'a grant that is no text',
      () =>
        ask(JSON.stringify({ ...asked(), grant_type: ['client_credentials'] }), {
          'content-type': 'application/json',
        }),
      400,
      'invalid_request',
    ],
    [
      'JSON too deep',
      () => ask('['.repeat(40) + ']'.repeat(40), { 'content-type': 'application/json' }),
      400,
      'invalid_request',
    ],
    ['a NUL', () => ask(`${new URLSearchParams(asked())}&scope=%00`), 400, 'invalid_request'],
    ['a body too large', () => ask(asked({ scope: 'x'.repeat(70_000) })), 413, 'invalid_request'],
    [
      'a prototype',
      () =>
        ask('{"__proto__":{"grant_type":"client_credentials"}}', {
          'content-type': 'application/json',
        }),
      400,
      'invalid_request',
    ],
  ])('%s', async (_, request, status, error) => {
    const answer = await request();
    expect([answer.status, answer.json['error'], Object.keys(answer.json)]).toEqual([
      status,
      error,
      ['error', 'error_description'],
    ]);
    expect(answer.json['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });
});

test('a secret that asks for too many tokens is told when to come again', async () => {
  const small = await startCompany({ RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '1' });
  const {
    provider: { id },
    secretToken,
  } = await small.system.identityProviders.create({ name: 'P', kind: 'SCIM' });
  const get = () =>
    small.send('/oauth/token', {
      method: 'POST',
      headers: FORM,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: id,
        client_secret: secretToken!,
      }).toString(),
    });
  expect((await get()).status).toBe(200);
  const refused = await get();
  expect([refused.status, refused.headers.get('retry-after'), refused.json['error']]).toEqual([
    429,
    '1',
    'temporarily_unavailable',
  ]);
  await small.stop();
});

test('neither secrets nor tokens ever reached the log', async () => {
  const { json } = await ask(asked());
  await ask({ grant_type: 'client_credentials' }, basic(provider.id, secret));
  const all = company.log();
  expect(all).toContain('"route":"POST /oauth/token"');
  expect(all).toContain(`"providerId":"${provider.id}"`);
  for (const text of [secret, json['access_token'] as string, btoa(`${provider.id}:${secret}`)])
    expect(all).not.toContain(text);
  expect(all).not.toMatch(/muster_[a-z]+_\w|"level":"error"/);
});
