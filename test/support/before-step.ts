import pg from 'pg';
import { steps } from '../../migrations/index.ts';
import { migrate } from '../../src/migrate.ts';
import { connectionOf } from '../../src/platform/index.ts';
import { createEmptyDatabase, TEST_KEYS } from './cluster.ts';

/**
 * A database as it was before a step of the tables, in the hands of their owner, and the way to
 * take that step and all after it.
 */
export async function databaseBefore(
  step: string,
): Promise<{ client: pg.Client; takeStep: () => Promise<unknown> }> {
  const connection = connectionOf(await createEmptyDatabase());
  const list = steps as Record<string, (typeof steps)[string]>;
  const held = Object.entries(list).filter(([name]) => name >= step);
  for (const [name] of held) delete list[name];
  try {
    await migrate(connection, { tokenKeys: TEST_KEYS });
  } finally {
    for (const [name, taken] of held) list[name] = taken;
  }
  const client = new pg.Client(connection as pg.ClientConfig);
  await client.connect();
  return { client, takeStep: () => migrate(connection, { tokenKeys: TEST_KEYS }) };
}
