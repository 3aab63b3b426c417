import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase } from '../support/cluster.ts';
import { Provider } from '../support/provider.ts';
import { build, command, endAll, ServiceProcess } from './service-process.ts';

const TENANT = '{ tenant { name } }';
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  environment = { DATABASE_URL: await createEmptyDatabase(), TOKEN_KEY: 'the key of the tests, which is no secret', TENANT_NAME: 'Two at once', OWNER_EMAIL: 'olivia@two.example', DATABASE_POOL_MAX: '4' };
});
afterAll(() => endAll());

test('two processes start at once on an empty database: one makes everything, both serve, and what is taken away in one is gone in the other on the next request', { timeout: 60_000 }, async () => {
  const [one, other] = await Promise.all([ServiceProcess.up(environment), ServiceProcess.up(environment)]);
  const printed = [one.printedToken, other.printedToken].filter(Boolean) as string[];
  expect(printed).toHaveLength(1);
  expect([one, other].filter(service => service.output.includes('The tables were brought up to date.'))).toHaveLength(1);
  const owner = one.as(printed[0]!);
  for (const service of [one, other]) expect(await service.as(printed[0]!).ask(TENANT)).toEqual({ tenant: { name: 'Two at once' } });

  const made = await owner.does('tokenCreate', { name: 'short-lived', kind: 'PERSONAL', permissions: ['DIRECTORY_READ'] }, 'token { id } secret');
  const secret = made['secret'] as string;
  expect((await other.as(secret).graphql(TENANT)).status).toBe(200);
  await owner.does('tokenRevoke', { id: made['token'].id });
  expect((await other.as(secret).graphql(TENANT)).status).toBe(401);

  const provider = await Provider.create(owner, { name: 'Entra' });
  const there = new Provider(provider.id, provider.tenantUrl.replace(one.origin, other.origin), provider.secret);
  expect((await there.scim('GET', '/Users')).status).toBe(200);
  await owner.does('identityProviderUpdate', { id: provider.id, provisioning: 'OFF' }, 'identityProvider { id }');
  expect((await there.scim('GET', '/Users')).status).toBe(401);

  expect(await command('token', environment)).toMatchObject({ code: 0, lines: [expect.stringMatching(/^muster_pat_/)] });
  expect(await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')])).toEqual([0, 0]);
});
