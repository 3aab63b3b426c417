import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { Actor, Directory, PERMISSIONS } from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { TEST_KEYS } from '../support/cluster.ts';
import { type Company, described, stage } from '../support/company.ts';

const SHARERS = 30;

const here = stage();
/** A connection for each of those who share, and one for whoever changes what they depend on. */
let crowd: Database;
beforeAll(() => {
  crowd = openDatabase({
    connection: connectionOf(here.url),
    tokenKey: TEST_KEYS[0],
    poolMax: SHARERS + 1,
  });
});
afterAll(() => crowd.close());

/** As the service itself, or as the company's provider. */
function actingIn({ tenantId, providerId }: Company, asProvider = false): Directory {
  const record = asProvider
    ? { kind: 'provider' as const, name: 'Entra', providerId }
    : { kind: 'system' as const, name: 'test' };
  const actor = new Actor({ tenantId, record, permissions: PERMISSIONS });
  return new Directory(crowd.store, actor, { correlationId: 'fair locks' });
}

/**
 * How long the deed takes while 30 others make members for the provider, each in a change that
 * lasts 15 ms, one after the other.
 */
async function amongSharers(
  company: Company,
  deed: (session: Directory) => Promise<unknown>,
): Promise<number> {
  const over = new AbortController();
  const running = Promise.withResolvers<void>();
  let made = 0;
  const all = Promise.all(
    Array.from({ length: SHARERS }, async () => {
      const session = actingIn(company, true);
      while (!over.signal.aborted)
        await session.change(async () => {
          await session.members.provision(described(`one-${++made}`), {});
          await sql`select pg_sleep(0.015)`.execute(session.db);
          if (made > 2 * SHARERS) running.resolve();
        });
    }),
  );
  all.catch((error: unknown) => running.reject(error));
  await running.promise;
  const begun = performance.now();
  try {
    await deed(actingIn(company));
    return performance.now() - begun;
  } finally {
    over.abort();
    await all;
  }
}

const deeds: [string, (session: Directory, company: Company) => Promise<unknown>][] = [
  [
    'of the provider',
    (session, { providerId }) => session.identityProviders.update(providerId, { name: 'Renamed' }),
  ],
  [
    'of the mappings',
    (session, { roles }) =>
      session.roles.setMappings([{ pushedRole: 'Boss', roleId: roles.auditor }]),
  ],
  ['of the default role', (session, { roles }) => session.tenants.setDefaultRole(roles.auditor)],
];
test.each(deeds)(
  'a change %s waits for the changes that run, and for none that come after it',
  { timeout: 60_000 },
  async (_what, deed) => {
    const company = await here.company();
    expect(await amongSharers(company, session => deed(session, company))).toBeLessThan(1_000);
  },
);
