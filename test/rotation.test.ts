import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAccessToken } from '../src/directory/index.ts';
import { migrate } from '../src/migrate.ts';
import { connectionOf } from '../src/platform/index.ts';
import { TEST_KEYS } from './support/cluster.ts';
import { type House, openHouse, type Provider } from './support/people.ts';

const OLD = TEST_KEYS[1];
const NEW = 'the key that comes after it, no secret either';

/** One database, and the three kinds of processes that a rotation of TOKEN_KEY passes through. */
let before: House;
let during: House;
let after: House;
let provider: Provider;
let cursor: string;

const get = (house: House, path: string, secret: string) =>
  fetch(house.origin + path, { headers: { authorization: `Bearer ${secret}` } });
const users = (query: string) => `/scim/v2/${provider.id}/Users?${query}`;
const me = (house: House, token: string) => get(house, '/iam/identity_providers', token);

beforeAll(async () => {
  before = await openHouse();
  const connection = connectionOf(before.databaseUrl);
  await migrate(connection, { tokenKeys: [NEW, OLD] });
  during = await openHouse({
    beside: before,
    environment: { TOKEN_KEY: NEW, TOKEN_KEY_PREVIOUS: OLD },
  });
  after = await openHouse({ beside: before, environment: { TOKEN_KEY: NEW } });
  provider = await before.provider();
  for (const name of ['a', 'b', 'c']) await provider.user(`${name}@northwind.example`);
  const page = await get(before, users('count=1&cursor'), provider.secret);
  cursor = ((await page.json()) as { nextCursor: string }).nextCursor;
});
afterAll(async () => {
  await Promise.all([during.close({ owed: 'anything' }), after.close({ owed: 'anything' })]);
  await before.close({ owed: 'anything' });
});

describe('while TOKEN_KEY_PREVIOUS names the key of before', () => {
  test('what was made with it goes on: tokens, provider secrets, access tokens, cursors', async () => {
    expect((await me(during, before.owner.token)).status).toBe(200);
    expect((await get(during, users('count=1'), provider.secret)).status).toBe(200);
    expect((await get(during, users(`count=1&cursor=${cursor}`), provider.secret)).status).toBe(
      200,
    );
    const access = issueAccessToken(before.database.store.secrets, await accessFacts());
    expect((await get(during, users('count=1'), access.text)).status).toBe(200);
  });

  test('everything new is made with the new key: a process that has only the old one does not know it', async () => {
    const made = await during.owner.does('tokenCreate', TOKEN, 'secret');
    expect((await me(during, made['secret'] as string)).status).toBe(200);
    expect((await me(after, made['secret'] as string)).status).toBe(200);
    expect((await me(before, made['secret'] as string)).status).toBe(401);
  });
});

test('when it is not named any more, what was made with it is dead, and the people and teams are still there', async () => {
  expect((await me(after, before.owner.token)).status).toBe(401);
  expect((await get(after, users('count=1'), provider.secret)).status).toBe(401);
  const made = await during.owner.does('tokenCreate', TOKEN, 'secret');
  expect((await get(after, '/iam/identity_providers', made['secret'] as string)).status).toBe(200);
});

const TOKEN = {
  name: 'Rotation',
  kind: 'SERVICE',
  permissions: ['DIRECTORY_READ', 'PROVISIONING_ADMIN'],
};

async function accessFacts() {
  const [{ id } = { id: '' }] = await before.tenant
    .rows('credentials')
    .select('id')
    .where('provider_id', '=', provider.id)
    .execute();
  return { tenantId: before.tenant.tenantId, providerId: provider.id, credentialId: id };
}
