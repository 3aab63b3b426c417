import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isOutage } from '../database-faults.ts';
import { isExiting, isPostmaster, processesIn } from './processes.ts';
import type { Spawned } from './server-process.ts';
import { firstLine } from './sockets.ts';

const STEP_MS = 20;
const TIMEOUT_MS = 60_000; // recovery after a crash reads what was not yet written to the tables
const CHILDREN_MS = 15_000;

/**
 * The server process of one data directory. It is found through the pid file, and checked to be
 * that process.
 */
export class Postmaster {
  readonly dataDir: string;
  readonly #pidFile: string;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
    this.#pidFile = path.join(dataDir, 'postmaster.pid');
  }

  async isRunning(): Promise<boolean> {
    const pid = firstLine(this.#pidFile);
    if (Number.isNaN(pid)) return false;
    if (isPostmaster(pid, this.dataDir)) return true;
    await this.#childrenGone();
    // PostgreSQL copes with a stale pid file, unless its number belongs to another process now, or
    // to a zombie.
    if (firstLine(this.#pidFile) === pid) rmSync(this.#pidFile, { force: true });
    return false;
  }

  /**
   * Resolves to the address once the server accepts connections; to undefined when there is no
   * server any more: ours ended, or another process stopped its own.
   */
  async accepting(
    user: string,
    password: string,
    ours?: Spawned,
  ): Promise<{ host: string; port: number } | undefined> {
    for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await delay(STEP_MS)) {
      const address = this.#address();
      if (address && (await answers({ ...address, user, password }))) return address;
      if ((!ours || ours.hasEnded()) && !isPostmaster(firstLine(this.#pidFile), this.dataDir))
        return undefined;
    }
    return undefined;
  }

  /**
   * Stops the server (fast shutdown) and waits for this process only: another start may have the
   * next server running by then.
   */
  async stop(): Promise<void> {
    const pid = firstLine(this.#pidFile);
    if (!isPostmaster(pid, this.dataDir)) return;
    process.kill(pid, 'SIGINT');
    for (
      const deadline = Date.now() + TIMEOUT_MS;
      isPostmaster(pid, this.dataDir) || isExiting(pid);
      await delay(STEP_MS)
    ) {
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL in ${this.dataDir} (process ${pid}) does not stop.`);
    }
  }

  /**
   * The pid file's fourth line is the port, the fifth the socket's folder, the sixth the address
   * listened on.
   */
  #address(): { host: string; port: number } | undefined {
    try {
      const lines = readFileSync(this.#pidFile, 'utf8').split('\n');
      const port = Number(lines[3]);
      const host = lines[4] || lines[5];
      return port && host ? { host, port } : undefined;
    } catch {
      return undefined;
    }
  }

  async #childrenGone(): Promise<void> {
    for (
      const deadline = Date.now() + CHILDREN_MS;
      processesIn(this.dataDir).length > 0;
      await delay(STEP_MS)
    ) {
      if (Date.now() > deadline)
        throw new Error(
          `Processes of a PostgreSQL server that crashed still use ${this.dataDir}: ${processesIn(this.dataDir).join(', ')}.`,
        );
    }
  }
}

async function answers(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({
    ...connection,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (fault) {
    if (isOutage(fault)) return false; // still starting, or already stopping
    throw fault;
  }
}
