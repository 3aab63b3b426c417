import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { createFirstTenant, systemDirectory } from '../../src/directory/index.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

/** A replica that is for ever behind: a database of its own, in which nothing ever happened. */
let database: Database;
beforeAll(async () => {
  const [url, replica] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  database = openDatabase({
    connection: connectionOf(url),
    replica: connectionOf(replica),
    tokenKey: 'k'.repeat(40),
  });
});
afterAll(() => database.close());

test('the log and the report come from the replica, and nothing else does', async () => {
  const { tenantId } = await createFirstTenant(database.store, {
    tenant: 'Northwind',
    userName: 'olivia@northwind.example',
  });
  const directory = systemDirectory(database.store, tenantId);
  expect([
    (await directory.audit.page()).items,
    await directory.audit.count(),
    (await directory.audit.report({})).items,
    await directory.audit.reportCount({}),
  ]).toEqual([[], 0, [], 0]);
  const [owner] = (await directory.members.page()).items;
  expect(owner?.row.userName).toBe('olivia@northwind.example');
  expect((await directory.audit.historyOf([owner!.row.id])).get(owner!.row.id)?.items).toHaveLength(
    1,
  );
});

test('within a change the log is what the change sees', async () => {
  const { tenantId } = await createFirstTenant(database.store, {
    tenant: 'Southwind',
    userName: 'sara@southwind.example',
  });
  const directory = systemDirectory(database.store, tenantId);
  // The tenant, its owner, and the four roles that every tenant begins with.
  expect(await directory.change(() => directory.audit.count())).toBe(6);
});
