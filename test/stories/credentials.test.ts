import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import { accessToken, as, type Body, everything, logged, scim } from './outside.ts';

/**
 * Rule 24, and rule 19 for whoever holds a credential: shown once, kept as a digest, ended at once,
 * good for one tenant.
 */
let house: House;
let count = 0;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const fresh = (input: Record<string, unknown> = {}) =>
  house.provider({ name: `Provider ${++count}`, ...input });
const credentials = async (id: string) =>
  (await house.owner.ask(
    'query ($id: ID!) { identityProvider(id: $id) { credentials { id lastFour createdAt expiresAt lastUsedAt retiring } health { status summary } } tenant { attention { severity message suggestedMutation subject { id } } } }',
    { id },
  )) as Body;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe('a secret', () => {
  test('that is rotated over and over leaves at most ten alive, and one without overlap ends them', async () => {
    const entra = await fresh();
    const rotate = (overlapHours: number) =>
      house.owner.graphql(
        'mutation ($input: IdentityProviderRotateInput!) { identityProviderRotateCredential(input: $input) { secretToken userErrors { code message field } } }',
        { input: { id: entra.id, overlapHours } },
      );
    for (let i = 1; i < 10; i++)
      expect((await rotate(72)).data?.['identityProviderRotateCredential'].userErrors).toEqual([]);
    const refused = (await rotate(72)).data?.['identityProviderRotateCredential'];
    expect(refused).toMatchObject({ secretToken: null, userErrors: [{ code: 'INVALID' }] });
    expect(refused.userErrors[0].message).toContain('At most 10 secrets');
    expect((await scim(as(entra, entra.secret), 'GET', '/Users'))[0]).toBe(200);

    const last = (await rotate(0)).data?.['identityProviderRotateCredential'];
    expect((await scim(as(entra, entra.secret), 'GET', '/Users'))[0]).toBe(401);
    expect((await scim(as(entra, last.secretToken), 'GET', '/Users'))[0]).toBe(200);
  });

  test('of any kind is in the answer that makes it and nowhere else', async () => {
    const entra = await fresh();
    const rotated = (
      await house.owner.does('identityProviderRotateCredential', { id: entra.id }, 'secretToken')
    )['secretToken'] as string;
    const replaced = (
      await house.owner.does('identityProviderReplaceCredential', { id: entra.id }, 'secretToken')
    )['secretToken'] as string;
    const personal = (
      await house.owner.does(
        'tokenCreate',
        { name: 'mine', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] },
        'secret',
      )
    )['secret'] as string;
    const twice = await Promise.all(
      [1, 2].map(() =>
        house.owner.graphql(
          'mutation { done: tokenCreate(input: { name: "kept", kind: SERVICE, permissions: [DIRECTORY_READ] }) @idempotent(key: "a-key-for-secrets") { secret token { id } userErrors { code message } } }',
        ),
      ),
    );
    const kept = twice
      .map(({ data }) => data?.['done'].secret as string | null)
      .filter(secret => secret !== null);
    expect(kept).toHaveLength(1);
    const all = [entra.secret, rotated, replaced, personal, ...kept];
    expect(new Set(all).size).toBe(all.length);
    for (const secret of all) expect(secret).toMatch(/^muster_[a-z]{3}_[0-9A-Za-z]{71}$/);
    const access = await accessToken(house.origin, entra.id, replaced);
    await scim(as(entra, replaced), 'GET', '/Users');
    await scim(as(entra, access), 'GET', `/Users?access_token=${replaced}`);
    await credentials(entra.id);
    const stored = await everything(house, 'all');
    for (const secret of [...all, access]) expect(stored.includes(secret.slice(30))).toBe(false);
    const shown = JSON.stringify(
      await house.owner.ask(
        '{ tenant { tokens { id name lastFour } identityProviders(first: 50) { nodes { credentials { lastFour } requests(first: 20) { nodes { path requestBody responseBody } } } } auditLog(first: 200) { nodes { changes { name before after } } } } }',
      ),
    );
    for (const secret of all) expect(shown.includes(secret.slice(30))).toBe(false);
  });

  test('with a changed checksum, a cut end or another prefix is refused like any other', async () => {
    const entra = await fresh();
    const { secret } = entra;
    const other = secret.at(-1) === 'A' ? 'B' : 'A';
    for (const wrong of [
      secret.slice(0, -1) + other,
      secret.slice(0, -1),
      `${secret}x`,
      secret.replace('_idp_', '_pat_'),
      secret.toUpperCase(),
      ` ${secret}x`,
      'muster_idp_',
      `muster_idp_${'0'.repeat(71)}`,
    ]) {
      expect([wrong === secret, (await as(entra, wrong).scim('GET', '/Users')).status]).toEqual([
        false,
        401,
      ]);
    }
  });
});

describe('rotation', () => {
  test('keeps the old one for the overlap, and says which is going; a second rotation lets the oldest go', async () => {
    const entra = await fresh();
    const first = entra.secret;
    const rotated = await house.owner.does(
      'identityProviderRotateCredential',
      { id: entra.id },
      'tenantUrl secretToken',
    );
    const second = rotated['secretToken'] as string;
    for (const secret of [first, second])
      expect((await as(entra, secret).scim('GET', '/Users')).status).toBe(200);
    const { identityProvider } = await credentials(entra.id);
    const [fresher, older] = identityProvider.credentials as Body[];
    expect(fresher).toMatchObject({
      lastFour: second.slice(-4),
      retiring: false,
      expiresAt: null,
      lastUsedAt: expect.any(String),
    });
    expect(older).toMatchObject({ lastFour: first.slice(-4), retiring: true });
    expect(
      Math.round((new Date(older.expiresAt as string).getTime() - Date.now()) / 3_600_000),
    ).toBe(72);
    const third = (
      await house.owner.does(
        'identityProviderRotateCredential',
        { id: entra.id, overlapHours: 0 },
        'secretToken',
      )
    )['secretToken'] as string;
    expect((await as(entra, third).scim('GET', '/Users')).status).toBe(200);
    expect((await as(entra, second).scim('GET', '/Users')).status).toBe(401);
    expect(await logged(house.owner, { identityProviderId: [entra.id] })).toEqual([
      'identityProvider.created',
      'identityProvider.credentialRotated',
      'identityProvider.credentialRotated',
    ]);
  });

  test.each([
    [{ overlapHours: -1 }, 'overlapHours'],
    [{ overlapHours: 1_000_000 }, 'overlapHours'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('with %j is refused', async (more, field) => {
    const entra = await fresh();
    expect(
      await house.owner.does(
        'identityProviderRotateCredential',
        { id: entra.id, ...more },
        'secretToken',
      ),
    ).toMatchObject({ secretToken: null, userErrors: [{ code: 'INVALID', field: [field] }] });
    expect((await entra.scim('GET', '/Users')).status).toBe(200);
  });

  test('with an expiry is warned of before, in health and attention', async () => {
    const entra = await fresh({
      signIn: { protocol: 'OIDC', entityIdUrl: 'https://issuer.example' },
    });
    await entra.scim('GET', '/Users');
    await house.owner.does('identityProviderRotateCredential', {
      id: entra.id,
      overlapHours: 0,
      expiresAt: inDays(200),
    });
    expect((await credentials(entra.id)).identityProvider.health.status).toBe('OK');
    await house.owner.does('identityProviderRotateCredential', {
      id: entra.id,
      overlapHours: 0,
      expiresAt: inDays(5),
    });
    const { identityProvider, tenant } = await credentials(entra.id);
    expect(identityProvider.health.status).toBe('CREDENTIAL_EXPIRING');
    expect(
      (tenant.attention as Body[]).filter(({ subject }) => subject.id === entra.id),
    ).toMatchObject([
      {
        severity: 'CREDENTIAL_EXPIRING',
        suggestedMutation: 'identityProviderRotateCredential',
        message: expect.stringContaining('days'),
      },
    ]);
  });

  test('of one that is off gives no secret that works', async () => {
    const entra = await fresh({ provisioning: 'ON' });
    await house.owner.does('identityProviderUpdate', { id: entra.id, provisioning: 'OFF' });
    for (const mutation of [
      'identityProviderRotateCredential',
      'identityProviderReplaceCredential',
    ]) {
      const { secretToken, userErrors } = await house.owner.does(
        mutation,
        { id: entra.id },
        'secretToken',
      );
      if (secretToken)
        expect((await as(entra, secretToken as string).scim('GET', '/Users')).status).toBe(401);
      else expect(userErrors).toHaveLength(1);
    }
  });
});
