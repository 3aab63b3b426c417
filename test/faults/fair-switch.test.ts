import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase } from '../support/cluster.ts';
import { Provider } from '../support/provider.ts';
import { build, endAll, ServiceProcess } from './service-process.ts';

const WRITERS = 200;
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
let environment: Record<string, string>;

beforeAll(async () => {
  build();
  environment = {
    DATABASE_URL: await createEmptyDatabase(),
    TOKEN_KEY: 'the key of the tests, which is no secret',
    TENANT_NAME: 'Fair',
    OWNER_EMAIL: 'olivia@fair.example',
    DATABASE_POOL_MAX: '40',
    MAX_WAITING_REQUESTS: '1000', // of which one tenant may have a share, and 200 are in it
  };
});
afterAll(() => endAll());

test(
  'among 200 who push to the one process, what is changed in the other waits for those who are inside, and holds for the next request',
  { timeout: 120_000 },
  async () => {
    const one = await ServiceProcess.up(environment);
    const other = await ServiceProcess.up(environment);
    const owner = one.as(one.printedToken as string);
    const provider = await Provider.create(owner, { name: 'Entra' });
    const there = new Provider(
      provider.id,
      provider.tenantUrl.replace(one.origin, other.origin),
      provider.secret,
    );
    const { role } = await owner.does(
      'roleCreate',
      { name: 'Pushed', permissions: ['DIRECTORY_READ'] },
      'role { id }',
    );
    const statuses = new Map<number, number>();
    const over = new AbortController();
    const running = Promise.withResolvers<void>();
    let named = 0;
    const push = () => {
      const userName = `one-${++named}@fair.example`;
      return there.scim('POST', '/Users', { schemas: [CORE], userName });
    };
    const all = Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (!over.signal.aborted) {
          const { status } = await push();
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if ((statuses.get(201) ?? 0) > 2 * WRITERS) running.resolve();
        }
      }),
    );
    all.catch((error: unknown) => running.reject(error));
    await running.promise;

    const took = async (work: () => Promise<{ userErrors: unknown[] }>) => {
      const begun = performance.now();
      expect((await work()).userErrors).toEqual([]);
      return performance.now() - begun;
    };
    const mappings = [{ pushedRole: 'Boss', roleId: role.id }];
    const times = {
      mapping: await took(() => owner.does('roleMappingsSet', { mappings }, 'mappings { id }')),
      off: await took(() =>
        owner.does(
          'identityProviderUpdate',
          { id: provider.id, provisioning: 'OFF' },
          'identityProvider { id }',
        ),
      ),
    };
    expect((await push()).status).toBe(401);
    over.abort();
    await all;
    for (const each of Object.values(times)) expect(each).toBeLessThan(1_000);
  },
);
