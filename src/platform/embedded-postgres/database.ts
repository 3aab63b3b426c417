import pg from 'pg';
import type { Connection } from '../pool.ts';
import type { EmbeddedPostgres } from '../embedded-postgres.ts';

/** The connection to a database of that server, which is made when it is not there. */
export async function ensureDatabase(
  { host, port, user, password }: EmbeddedPostgres,
  database: string,
): Promise<Connection> {
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  client.on('error', () => {}); // what was asked fails too, and says so
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
      database,
    ]);
    if (!rowCount) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } catch (fault) {
    const { code } = fault as { code?: string };
    if (code !== '42P04' && code !== '23505') throw fault; // another start made it meanwhile
  } finally {
    await client.end();
  }
  return { host, port, user, password, database };
}
