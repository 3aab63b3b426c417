import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUDIENCE, type Issuer, openIssuer } from '../support/issuer.ts';
import { type House, openHouse } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

const OLIVIA = 'olivia@northwind.example';

let issuer: Issuer;
let house: House;

beforeAll(async () => {
  issuer = await openIssuer([OLIVIA, 'nobody@northwind.example', 'oscar@elsewhere.example']);
  house = await openHouse({ environment: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE } });
});
afterAll(async () => {
  await house.close();
  issuer.close();
});

const tokenOf = (subject: string) => issuer.token(subject, { tenant: house.tenant.tenantId });

async function ask(token: string, at = house.origin): Promise<{ status: number; body: Wire }> {
  const answer = await fetch(`${at}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
    body: JSON.stringify({
      query:
        '{ viewer { member { displayName } permissions credential { kind lastFour expiresAt } } tenant { id } }',
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('an access token of the configured provider', () => {
  test('is the member whose user name is its subject, with the permissions of their role', async () => {
    const { status, body } = await ask(await tokenOf(OLIVIA));
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      viewer: {
        member: { displayName: 'Olivia Owner' },
        credential: { kind: 'SESSION', lastFour: null, expiresAt: expect.any(String) },
      },
      tenant: { id: house.tenant.tenantId },
    });
    expect(body.data.viewer.permissions).toContain('TENANT_ADMIN');
  });

  test('may name the member by id too', async () => {
    expect((await ask(await signed({ sub: house.member.id }))).body.data.viewer).toMatchObject({
      member: { displayName: 'Mia Member' },
      permissions: ['DIRECTORY_READ'],
    });
  });

  test.each([
    ['somebody whom nobody knows', 'nobody@northwind.example'],
    ['a member of another tenant', 'oscar@elsewhere.example'],
  ])('of %s is refused', async (_, client) => {
    expect((await ask(await tokenOf(client))).status).toBe(401);
  });

  test('is nobody from the moment the member is disabled', async () => {
    const { id } = await house.made({ name: 'Dana Disabled' });
    const token = await signed({ sub: id });
    expect((await ask(token)).status).toBe(200);
    await house.owner.does('memberDisable', { id }, 'member { id }');
    expect((await ask(token)).status).toBe(401);
  });
});

/** What the provider would sign, altered here and there. */
function signed(
  claims: Record<string, unknown>,
  {
    header = {},
    by = issuer.key,
    ends = '1m',
  }: { header?: Record<string, unknown>; by?: CryptoKey | Uint8Array; ends?: string } = {},
): Promise<string> {
  return new SignJWT({
    tenant: house.tenant.tenantId,
    iss: issuer.url,
    aud: AUDIENCE,
    sub: OLIVIA,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'of-the-test', typ: 'at+jwt', ...header })
    .setIssuedAt()
    .setExpirationTime(ends)
    .sign(by);
}

describe('a token', () => {
  test('as the provider signs it is accepted, so that what follows is refused for its one difference', async () => {
    expect((await ask(await signed({}))).status).toBe(200);
  });

  test.each<[string, () => Promise<string>]>([
    ['for another audience', () => signed({ aud: 'urn:another' })],
    ['of another issuer', () => signed({ iss: 'https://elsewhere.example' })],
    ['that is over', () => signed({}, { ends: '-1m' })],
    ['of another type', () => signed({}, { header: { typ: 'dpop+jwt' } })],
    ['without a type', () => signed({}, { header: { typ: undefined } })],
    ['without a tenant', () => signed({ tenant: undefined })],
    ['with a tenant that is none', () => signed({ tenant: 'northwind' })],
    ["with another tenant than the member's", () => signed({ tenant: house.elsewhere.tenantId })],
    ['without a subject', () => signed({ sub: undefined })],
    [
      'signed by somebody else',
      async () => signed({}, { by: (await generateKeyPair('ES256')).privateKey }),
    ],
    [
      'signed with a shared secret',
      () =>
        signed(
          {},
          {
            header: { alg: 'HS256' },
            by: new TextEncoder().encode('a secret that is long enough for HS256'),
          },
        ),
    ],
    [
      'that is not signed',
      async () =>
        new UnsecuredJWT({
          tenant: house.tenant.tenantId,
          iss: issuer.url,
          aud: AUDIENCE,
          sub: OLIVIA,
        })
          .setExpirationTime('1m')
          .encode(),
    ],
    [
      'that was altered',
      async () => {
        const [head, , signature] = (await signed({})).split('.');
        return [
          head,
          Buffer.from(
            JSON.stringify({
              tenant: house.tenant.tenantId,
              iss: issuer.url,
              aud: AUDIENCE,
              sub: house.admin.id,
              exp: 4e9,
            }),
          ).toString('base64url'),
          signature,
        ].join('.');
      },
    ],
  ])('%s is refused', async (_, token) => {
    const { status, body } = await ask(await token());
    expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  test('is refused where no provider is configured', async () => {
    const plain = await openHouse({ beside: house });
    try {
      expect((await ask(await signed({}), plain.origin)).status).toBe(401);
    } finally {
      await plain.close();
    }
  });

  test('can be told neither good nor bad while the provider is away: 503, and come again', async () => {
    const lonely = await openHouse({
      beside: house,
      environment: { OIDC_ISSUER: 'http://localhost:1', OIDC_AUDIENCE: AUDIENCE },
    });
    try {
      const answer = await fetch(`${lonely.origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'authorization': `Bearer ${await signed({})}`,
        },
        body: '{"query":"{ __typename }"}',
      });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
      });
    } finally {
      await lonely.close();
    }
  });
});
