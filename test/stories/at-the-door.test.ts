import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const seen = async ({ id }: Provider): Promise<Wire> =>
  (
    await house.owner.ask<{ identityProvider: Wire }>(
      `query ($id: ID!) { identityProvider(id: $id) {
        health { status failures24h refused24h summary lastSeenAt }
        requests { nodes { method path status explanation requestBody responseBody } } } }`,
      { id },
    )
  ).identityProvider;
const knock = (path: string, secret: string | null, init: RequestInit = {}) =>
  fetch(`${house.origin}${path}`, {
    ...init,
    headers: {
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      'content-type': 'application/scim+json',
    },
  });

test('a wrong secret at a right address is kept for its administrators: no body, no foreign secret', async () => {
  const entra = await house.provider({ name: 'Wrong secret' });
  const answer = await knock(`/scim/v2/${entra.id}/Users?filter=userName+eq+%22a%22`, 'Passw0rd!');
  expect(answer.status).toBe(401);
  const { health, requests } = await seen(entra);
  expect(requests.nodes).toMatchObject([
    {
      method: 'GET',
      path: '/Users?filter=userName+eq+%22a%22',
      status: 401,
      requestBody: null,
      responseBody: null,
    },
  ]);
  expect(requests.nodes[0].explanation).toContain('a secret that is none of ours');
  expect(JSON.stringify(requests)).not.toMatch(/Passw0rd|rd!/);
  expect(health).toMatchObject({
    status: 'FAILING',
    failures24h: 1,
    refused24h: 1,
    lastSeenAt: null,
  });
});

test('a secret of ours is told by its last four, and names its provider where the address names none', async () => {
  const entra = await house.provider({ name: 'Old secret' });
  const old = entra.secret;
  await house.owner.does('identityProviderRotateCredential', { id: entra.id, overlapHours: 0 });
  expect(
    (await knock('/scim/v2/nobody/Users', old, { method: 'POST', body: '{"userName":"x"}' }))
      .status,
  ).toBe(401);
  const [request] = (await seen(entra)).requests.nodes;
  expect(request).toMatchObject({ method: 'POST', status: 401, requestBody: null });
  expect(request.explanation).toContain(`the secret that ends in ${old.slice(-4)}`);
  expect(request.explanation).not.toContain(old.slice(-8));
});

test('a place that is not there is kept before anybody is let in, and a token that may not provision', async () => {
  const entra = await house.provider({ name: 'No such place' });
  expect((await knock(`/scim/v2/${entra.id}/Nothing/at/all`, entra.secret)).status).toBe(404);
  expect((await seen(entra)).requests.nodes).toMatchObject([
    { status: 404, path: '/Nothing/at/all' },
  ]);
  const other = await house.provider({ name: 'No right' });
  expect((await knock(`/scim/v2/${other.id}/Groups`, house.member.token)).status).toBe(403);
  const { health, requests } = await seen(other);
  expect(requests.nodes).toMatchObject([{ status: 403, path: '/Groups' }]);
  expect(health).toMatchObject({ status: 'FAILING', refused24h: 1 });
});

test('of many at once one a second is kept for each provider', async () => {
  const entra = await house.provider({ name: 'Hammered' });
  const started = Date.now();
  await Promise.all(
    Array.from({ length: 30 }, (_, at) => knock(`/scim/v2/${entra.id}/Users/${at}`, 'x')),
  );
  const seconds = Math.ceil((Date.now() - started) / 1_000);
  const { length } = (await seen(entra)).requests.nodes;
  expect(length).toBeGreaterThanOrEqual(1);
  expect(length).toBeLessThanOrEqual(seconds + 1);
});

test('users only is a state: the 403 of its groups is told as refused, and is no failure', async () => {
  const entra = await house.provider({ name: 'Users only' });
  await house.owner.does('identityProviderUpdate', {
    id: entra.id,
    features: { acceptGroups: false },
  });
  await entra.user('only@x.example');
  expect((await entra.scim('POST', '/Groups', { displayName: 'G' })).status).toBe(403);
  expect((await seen(entra)).health).toMatchObject({ status: 'OK', failures24h: 0, refused24h: 1 });
  expect((await entra.scim('POST', '/Users', { userName: 'only@x.example' })).status).toBe(409);
  expect((await seen(entra)).health).toMatchObject({ status: 'OK', failures24h: 1, refused24h: 2 });
});

test('an explanation names people and groups, not ids', async () => {
  const entra = await house.provider({ name: 'Named' });
  const id = await entra.user('nora@x.example', { displayName: 'Nora North' });
  const group = await entra.group('Northerners', [id]);
  await entra.scim('GET', `/Users/${id}`);
  await entra.scim('PATCH', `/Users/${id}`, {
    Operations: [{ op: 'replace', path: 'title', value: 'Lead' }],
  });
  await entra.scim('PUT', `/Users/${id}`, {
    userName: 'nora@x.example',
    displayName: 'Nora North',
  });
  await entra.scim('PATCH', `/Groups/${group}`, {
    Operations: [{ op: 'remove', path: 'members' }],
  });
  await entra.scim('DELETE', `/Groups/${group}`);
  await entra.scim('DELETE', `/Users/${id}`);
  const told: string[] = (await seen(entra)).requests.nodes.map(
    ({ explanation }: Wire) => explanation,
  );
  expect(told).toHaveLength(8);
  for (const sentence of told) {
    expect(sentence).toMatch(/Nora North|Northerners/);
    expect(sentence).not.toContain(id);
    expect(sentence).not.toContain(group);
  }
});

test('a name that is taken is called userName or displayName, by whatever request', async () => {
  const entra = await house.provider({ name: 'Words' });
  await entra.user('words@x.example');
  const id = await entra.user('other@x.example');
  await entra.group('Words');
  const group = await entra.group('Other words');
  const replace = (path: string, value: string) => ({
    Operations: [{ op: 'replace', path, value }],
  });
  for (const [method, path, body, word] of [
    ['POST', '/Users', { userName: 'WORDS@x.example' }, 'userName'],
    ['PATCH', `/Users/${id}`, replace('userName', 'words@x.example'), 'userName'],
    ['PUT', `/Users/${id}`, { userName: 'words@x.example' }, 'userName'],
    ['POST', '/Groups', { displayName: 'WORDS' }, 'displayName'],
    ['PATCH', `/Groups/${group}`, replace('displayName', 'words'), 'displayName'],
    ['PUT', `/Groups/${group}`, { displayName: 'words' }, 'displayName'],
  ] as const) {
    const { status, body: said } = await entra.scim(method, path, body);
    expect([method, path, status, said.scimType]).toEqual([method, path, 409, 'uniqueness']);
    expect(said.detail).toContain(word);
    expect(said.detail).not.toMatch(/\b(team|member)\b/i);
  }
});

test('the tenant takes a thousand role mappings at once, and says so of one more', async () => {
  const { tenant } = await house.owner.ask<{ tenant: Wire }>('{ tenant { roles { id name } } }');
  const roleId = tenant.roles.find(({ name }: Wire) => name === 'Member').id as string;
  const mappings = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ pushedRole: `pushed ${at}`, roleId }));
  const set = (count: number) =>
    house.owner.does('roleMappingsSet', { mappings: mappings(count) }, 'mappings { position }');
  expect((await set(1_001)).userErrors).toMatchObject([{ code: 'INVALID', field: ['mappings'] }]);
  const done = await set(1_000);
  expect(done.userErrors).toEqual([]);
  expect(done['mappings']).toHaveLength(1_000);
  expect((await set(0)).userErrors).toEqual([]);
});

test('a link tells when its provider last made or changed the member', async () => {
  const entra = await house.provider({ name: 'Last seen' });
  const id = await entra.user('seen@x.example');
  const { member } = await house.owner.ask<{ member: Wire }>(
    'query ($id: ID!) { member(id: $id) { links { lastSeenAt } } }',
    { id },
  );
  expect(Date.now() - Date.parse(member.links[0].lastSeenAt)).toBeLessThan(60_000);
});
