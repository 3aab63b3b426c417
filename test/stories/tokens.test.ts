import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Person } from '../support/people.ts';
import { as, type Body } from './outside.ts';

/** Rules 19 and 24 for API tokens, and for a parent tenant's credentials in its child. */
let house: House;
let count = 0;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const fresh = (input: Record<string, unknown> = {}) =>
  house.provider({ name: `Provider ${++count}`, ...input });
const bearer = (token: string, query: string) =>
  fetch(`${house.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });

describe('an API token', () => {
  test('that ends is dead at its end; one that is used says when; one that is revoked stays in the list as such', async () => {
    const made = await house.owner.does(
      'tokenCreate',
      {
        name: 'short',
        kind: 'SERVICE',
        permissions: ['DIRECTORY_READ'],
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
      'token { id expiresAt lastUsedAt } secret',
    );
    const token = made['secret'] as string;
    expect((await bearer(token, '{ viewer { permissions } }')).status).toBe(200);
    const { tenant } = await house.owner.ask('{ tenant { tokens { id lastUsedAt } } }');
    expect((tenant.tokens as Body[]).find(({ id }) => id === made['token'].id)).toMatchObject({
      lastUsedAt: expect.any(String),
    });
    await house.query(
      `update credentials set expires_at = now() - interval '1 millisecond' where id = $1`,
      [made['token'].id],
    );
    expect((await bearer(token, '{ viewer { permissions } }')).status).toBe(401);
  });

  test('sees its own tenant and what it was given, whoever made it', async () => {
    const token = (
      await house.owner.does(
        'tokenCreate',
        { name: 'reader', kind: 'SERVICE', permissions: ['DIRECTORY_READ'] },
        'secret',
      )
    )['secret'] as string;
    const answer = (await (
      await bearer(
        token,
        `{ viewer { permissions member { id } tenants { nodes { id } } } tenant { id } other: tenant(id: "${house.elsewhere.tenantId}") { name } node(id: "${house.stranger.id}") { id } }`,
      )
    ).json()) as Body;
    expect(answer.data).toEqual({
      viewer: {
        permissions: ['DIRECTORY_READ'],
        member: null,
        tenants: { nodes: [{ id: house.tenant.tenantId }] },
      },
      tenant: { id: house.tenant.tenantId },
      other: null,
      node: null,
    });
    const refused = (await (
      await bearer(
        token,
        'mutation { memberInvite(input: { email: "x@y.example" }) { userErrors { code } } }',
      )
    ).json()) as Body;
    expect(refused.data.memberInvite.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
  });

  test('for SCIM opens SCIM and nothing else', async () => {
    const token = (
      await house.owner.does(
        'tokenCreate',
        { name: 'scim', kind: 'SCIM', permissions: ['SCIM_INTEGRATE'] },
        'secret',
      )
    )['secret'] as string;
    const entra = await fresh();
    expect((await as(entra, token).scim('GET', '/Users')).status).toBe(200);
    const answer = (await (
      await bearer(token, '{ tenant { members { totalCount } } }')
    ).json()) as Body;
    expect(answer.errors?.length).toBeGreaterThan(0);
    expect(
      (
        await fetch(`${house.origin}/iam/identity_providers`, {
          headers: { authorization: `Token ${token}` },
        })
      ).status,
    ).toBeGreaterThanOrEqual(401);
    expect(
      ((await (await bearer(entra.secret, '{ tenant { name } }')).json()) as Body).errors?.length,
    ).toBeGreaterThan(0);
  });
});

describe('a parent and its child', () => {
  test('share no door: providers, tokens and SCIM of one are nothing to the other', async () => {
    const { tenant: child } = await house.owner.does(
      'tenantCreate',
      { name: `Child ${++count}` },
      'tenant { id }',
    );
    const made = await house.owner.does(
      'identityProviderCreate',
      { tenantId: child.id, name: 'Inside', kind: 'OKTA' },
      'identityProvider { id } tenantUrl secretToken',
    );
    expect(made.userErrors).toEqual([]);
    const at = `${house.origin}/scim/v2/${made['identityProvider'].id}/Users`;
    const status = async (token: string) =>
      (await fetch(at, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(made['secretToken'])).toBe(200);
    expect([401, 403, 404]).toContain(await status(house.admin.token));
    expect([401, 403, 404]).toContain(await status(house.stranger.token));
    const ours = await fresh();
    expect((await as(ours, made['secretToken'] as string).scim('GET', '/Users')).status).toBe(401);
    const { tenant } = await house.owner.ask(
      '{ tenant { identityProviders(first: 100) { nodes { name } } auditLog(first: 5, filter: { action: ["identityProvider.created"] }) { nodes { subjectName } } } }',
    );
    expect(JSON.stringify(tenant)).not.toContain('Inside');
    expect(
      (
        await house.owner.ask('query ($id: ID!) { identityProvider(id: $id) { name } }', {
          id: made['identityProvider'].id,
        })
      )['identityProvider'],
    ).toBeNull();
    expect(
      (
        await house.owner.ask(
          'query ($id: ID!) { tenant(id: $id) { identityProviders { nodes { name } } } }',
          { id: child.id },
        )
      )['tenant'].identityProviders.nodes,
    ).toEqual([{ name: 'Inside' }]);
    // The same address may be in both.
    for (const tenantId of [child.id as string, house.tenant.tenantId])
      expect(
        (await house.owner.does('memberInvite', { tenantId, email: 'both@northwind.example' }))
          .userErrors,
      ).toEqual([]);
  });
});

describe('what is unique', () => {
  test.each<[string, (by: Person) => Promise<unknown>, string, Record<string, unknown>, string]>([
    [
      'an address',
      by => by.does('memberInvite', { email: 'Unique@x.example' }),
      'memberInvite',
      { email: 'uNIQUE@X.example' },
      'email',
    ],
    [
      'a team name',
      by => by.does('teamCreate', { name: 'Únique team' }),
      'teamCreate',
      { name: 'ÚNIQUE TEAM' },
      'name',
    ],
    [
      'a role name',
      by => by.does('roleCreate', { name: 'Unique role', permissions: ['DIRECTORY_READ'] }),
      'roleCreate',
      { name: 'unique ROLE', permissions: ['DIRECTORY_READ'] },
      'name',
    ],
    [
      'a provider name',
      by => by.does('identityProviderCreate', { name: 'Unique provider', kind: 'SCIM' }),
      'identityProviderCreate',
      { name: 'UNIQUE provider', kind: 'SCIM' },
      'name',
    ],
  ])('%s is, ignoring case, in one tenant', async (_, make, mutation, input, field) => {
    await make(house.owner);
    const { userErrors } = await house.owner.does(mutation, input);
    expect(userErrors).toMatchObject([
      {
        __typename: 'ConflictError',
        code: 'ALREADY_TAKEN',
        field: [field],
        holder: { id: expect.any(String) },
      },
    ]);
    expect((await house.stranger.does(mutation, input)).userErrors).toEqual([]);
  });
});
