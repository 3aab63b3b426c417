import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** Where the run's PostgreSQL is, as its superuser. */
export interface Cluster {
  host: string;
  port: number;
  user: string;
  password: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: Cluster;
    /** Why there are no tables; empty when there are. */
    templateFault: string;
  }
}

/** The keys with which tests open their databases. */
export const TEST_KEYS = ['k'.repeat(40), 'the key of the tests, which is no secret'] as const;

export const TEMPLATE = 'muster_template';

/**
 * A migrated database of this test file's own. It goes away with the cluster: dropping it would cut
 * connections that are still closing.
 */
export async function createTestDatabase(): Promise<string> {
  const fault = inject('templateFault');
  if (fault) throw new Error(`The tables could not be made: ${fault}`);
  return create(`template ${TEMPLATE}`);
}

/** The same without tables. */
export function createEmptyDatabase(): Promise<string> {
  return create('');
}

function databaseUrl(cluster: Cluster, database: string): string {
  return `postgres://${cluster.user}:${encodeURIComponent(cluster.password)}@localhost:${cluster.port}/${database}?host=${encodeURIComponent(cluster.host)}`;
}

async function create(from: string): Promise<string> {
  const cluster = inject('cluster');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ ...cluster, database: 'postgres' });
  await client.connect();
  try {
    await client.query(`create database ${name} ${from}`);
  } finally {
    await client.end();
  }
  return databaseUrl(cluster, name);
}
