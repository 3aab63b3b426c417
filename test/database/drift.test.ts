import { expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { ormOver } from '../../src/tables.ts';
import { createTestDatabase } from '../support/cluster.ts';

/**
 * What only the migrations make: MikroORM has no word for keys between tables without relations,
 * for operator classes, nor for indexes over expressions.
 */
const MADE_BY_MIGRATIONS = [
  /^alter table "\w+" drop constraint "\w+_fkey";$/,
  // Partitions, of which MikroORM has no idea.
  /^drop table if exists "(audit_entries_(\d{4}_\d{2}|rest)|scim_exchanges_(\d{4}_\d{2}_\d{2}|rest))" cascade;$/,
  /^drop index "(members_search_idx|teams_search_idx|members_addresses_idx|audit_entries_handles_idx)";$/,
  /^drop (trigger|function) if exists "(tenants_)?keep_proofs(_fn)?"( on "tenants"|\(\));$/,
];

test('the migrated tables are those that the entities describe', async () => {
  const orm = await ormOver(connectionOf(await createTestDatabase()));
  try {
    const steps = (await orm.schema.getUpdateSchemaSQL({ wrap: false }))
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '');
    expect(steps.filter(step => !MADE_BY_MIGRATIONS.some(known => known.test(step)))).toEqual([]);
    expect(steps.filter(step => step.endsWith('_fkey";')).length).toBeGreaterThan(15);
  } finally {
    await orm.close();
  }
});
