import { fork } from 'node:child_process';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/cluster.ts';

const ACCESS = { tokenKeys: ['k'.repeat(40)] as [string] };

/** The steps that a process of its own took. */
function migrateElsewhere(url: string): Promise<string[]> {
  const child = fork(new URL('../support/migrator.ts', import.meta.url), {
    execArgv: ['--no-warnings'],
    env: { ...process.env, MIGRATE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', steps => resolve(steps as string[]));
    child.once('exit', code => reject(new Error(`The other process ended with ${code}.`)));
  });
}

test('several processes start on an empty database: one takes the steps, the others wait and find them taken', async () => {
  const url = await createEmptyDatabase();
  const taken = await Promise.all([
    migrateElsewhere(url),
    migrate(connectionOf(url), ACCESS),
    migrate(connectionOf(url), ACCESS),
  ]);
  expect(taken.filter(steps => steps.length > 0)).toHaveLength(1);
  expect(taken.flat()[0]).toBe('0001-the-directory');
  expect(await migrate(connectionOf(url), ACCESS)).toEqual([]);
});

test('a step gives up on a busy table at once, so that nobody queues behind it, and tries again until it is free', async () => {
  const url = await createTestDatabase();
  const reader = new pg.Client(connectionOf(url) as pg.ClientConfig);
  const watcher = new pg.Client(connectionOf(url) as pg.ClientConfig);
  await Promise.all([reader.connect(), watcher.connect()]);
  try {
    // A step that makes an index, for which nobody may be writing, again.
    const {
      rows: [last],
    } = await watcher.query<{ name: string }>(
      `delete from mikro_orm_migrations where name = '0002-every-address' returning name`,
    );
    await watcher.query(
      'drop index members_addresses_idx; drop function members_addressed(text); drop function addresses_in(jsonb)',
    );
    await reader.query('begin; lock table members in row exclusive mode');
    const migrating = migrate(connectionOf(url), ACCESS);
    // It has met the busy table and let go of it: another writer passes.
    const met = async () =>
      (
        await watcher.query<{ tries: number }>(
          `select xact_rollback::int as tries from pg_stat_database where datname = current_database()`,
        )
      ).rows[0]!.tries;
    for (const before = await met(); (await met()) === before;)
      await watcher.query('select pg_stat_clear_snapshot()');
    await watcher.query(
      `set lock_timeout = '2s'; begin; lock table members in row exclusive mode; rollback`,
    );
    await reader.query('rollback');
    expect(await migrating).toEqual([last!.name]);
  } finally {
    await Promise.all([reader.end(), watcher.end()]);
  }
});
