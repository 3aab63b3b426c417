import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/index.ts';
import { TEMPLATE, TEST_KEYS, type Cluster } from './cluster.ts';

const PREFIX = 'muster-test-';

/**
 * One server for the whole run, with a migrated template; each test file copies its own database
 * from it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  sweep();
  const folder = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o755); // the server's account has to pass through
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pg'), ephemeral: true });
  const stopAtExit = () => {
    endServer(server.dataDir);
    remove(folder, server);
  };
  process.once('exit', stopAtExit); // an interrupted run skips the teardown

  const cluster: Cluster = {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
  };
  project.provide('cluster', cluster);
  project.provide('templateFault', await makeTemplate(cluster).then(() => '', faultText));

  return async () => {
    await server.stop();
    process.off('exit', stopAtExit);
    remove(folder, server);
  };
}

/**
 * Tests that need no tables run even when the steps to the tables are broken; the others are told
 * why (createTestDatabase).
 */
async function makeTemplate(cluster: Cluster): Promise<void> {
  const client = new pg.Client({ ...cluster, database: 'postgres' });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const { migrate } = await import('../../src/migrate.ts');
  await migrate({ ...cluster, database: TEMPLATE }, { tokenKeys: TEST_KEYS });
}

const faultText = (fault: unknown) =>
  fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);

/** Runs that were killed outright left their servers behind. */
function sweep(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const owner = Number(/^muster-test-(\d+)-/.exec(name)?.[1]);
    if (!owner || isAlive(owner)) continue;
    endServer(path.join(os.tmpdir(), name, 'pg'));
    // it may still be writing
    rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** At once, without ceremony: nobody wants the data. */
function endServer(dataDir: string): void {
  try {
    const lines = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(lines[0]), 'SIGQUIT');
    rmSync(lines[4] ?? '', { recursive: true, force: true });
  } catch {
    // it is gone already
  }
}

function remove(folder: string, server: EmbeddedPostgres): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (!server.dataDir.startsWith(folder)) rmSync(server.dataDir, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
