import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  canReach,
  giveTo,
  serverAccount,
  sharedFolder,
  type Account,
} from './embedded-postgres/account.ts';
import { binaries, noBundledServer } from './embedded-postgres/binaries.ts';
import { ensureCluster, superuser, writeSettings, type Run } from './embedded-postgres/cluster.ts';
import { windows } from './embedded-postgres/platform-name.ts';
import { Postmaster } from './embedded-postgres/postmaster.ts';
import { serverSettings } from './embedded-postgres/settings.ts';
import { spawnServer, type Spawned } from './embedded-postgres/server-process.ts';
import { removeIfEmpty, socketFolder } from './embedded-postgres/sockets.ts';
import { enter, leave, left } from './embedded-postgres/users.ts';
import { type OnNotice, watch } from './embedded-postgres/watch.ts';
import { StartRefused } from './start-refused.ts';

export interface EmbeddedPostgresOptions {
  /** The data directory, created when missing. */
  dataDir: string;
  /** Fast and careless, for tests. */
  ephemeral?: boolean;
  /** More of PostgreSQL's settings; they apply when the server is started here. */
  settings?: Record<string, string>;
  /** Told what an operator should know, e.g. that the files had to go elsewhere. */
  onNotice?: (sentence: string) => void;
}

export interface EmbeddedPostgres {
  host: string;
  port: number;
  user: string;
  password: string;
  /**
   * The data directory in use, which differs from the one asked for when the server's account
   * cannot reach that.
   */
  dataDir: string;
  /** False when a running server was adopted. */
  startedHere: boolean;
  /** Starts it again whenever it ends while we use it. */
  watch(onNotice: OnNotice): void;
  /** Leaves the server; the last process to leave stops it. */
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

/** Starts the bundled PostgreSQL, or adopts the one that already runs on this data directory. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const native = binaries(account);
  const run = runner(native, account);
  const dataDir = reachableDataDir(options, account);
  const password = await ensureCluster(dataDir, account, run, !options.ephemeral);
  const postmaster = new Postmaster(dataDir);
  await enter(dataDir);

  let unwatch = async () => {};
  const leaveIt = once(async () => {
    await unwatch();
    await stop(postmaster, run);
  });
  const bringUp = (settings = options.settings) =>
    start({
      native,
      dataDir,
      account,
      password,
      postmaster,
      options: { ...options, ...(settings && { settings }) },
    });
  try {
    const { startedHere, ...address } = await bringUp();
    return {
      ...address,
      user: superuser,
      password,
      dataDir,
      startedHere,
      stop: leaveIt,
      watch(onNotice) {
        unwatch = watch(
          () => postmaster.isRunning(),
          () => bringUp({ ...options.settings, port: String(address.port) }),
          onNotice,
        );
      },
    };
  } catch (fault) {
    await leaveIt();
    throw fault;
  }
}

interface Place {
  native: string;
  dataDir: string;
  account: Account | undefined;
  password: string;
  postmaster: Postmaster;
  options: EmbeddedPostgresOptions;
}

async function start({
  native,
  dataDir,
  account,
  password,
  postmaster,
  options,
}: Place): Promise<{ host: string; port: number; startedHere: boolean }> {
  const log = logFile(dataDir, account);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let server: Spawned | undefined;
    if (!(await postmaster.isRunning())) {
      writeSettings(dataDir, account, await serverSettings(dataDir, account, options));
      server = spawnServer(native, dataDir, log, account);
    }
    const address = await postmaster.accepting(superuser, password, server);
    if (address) return { ...address, startedHere: server?.hasEnded() === false };
    // Another start was first and left again, or the server was stopped just after it was found:
    // try again.
  }
  throw new StartRefused(
    `PostgreSQL did not start. The end of its log (${log}):\n${readFileSync(log, 'utf8').slice(-2_000)}`,
  );
}

async function stop(postmaster: Postmaster, run: Run): Promise<void> {
  if (!leave(postmaster.dataDir)) return;
  try {
    if (windows)
      await run('pg_ctl', ['stop', '-D', postmaster.dataDir, '-m', 'fast', '-w', '-t', '30', '-s']);
    else await postmaster.stop();
    removeIfEmpty(socketFolder(postmaster.dataDir));
  } finally {
    left(postmaster.dataDir);
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

function logFile(dataDir: string, account: Account | undefined): string {
  const log = `${dataDir}.log`;
  writeFileSync(log, '', { flag: 'a', mode: 0o600 });
  giveTo(account, log);
  return log;
}

function reachableDataDir(options: EmbeddedPostgresOptions, account: Account | undefined): string {
  const wished = path.resolve(options.dataDir);
  if (!account || canReach(path.dirname(wished), account)) return wished;
  const dataDir = path.join(
    sharedFolder,
    `${path.basename(wished)}-${createHash('sha256').update(wished).digest('hex').slice(0, 8)}`,
  );
  options.onNotice?.(
    `The database's files are in ${dataDir}: the account PostgreSQL runs as cannot enter the project's folder.`,
  );
  return dataDir;
}

function runner(native: string, account: Account | undefined): Run {
  return async (program, args) => {
    const file = path.join(native, 'bin', windows ? `${program}.exe` : program);
    try {
      const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
      const { stdout } = await promisify(execFile)(file, args, {
        ...account,
        env: environment,
        cwd: os.tmpdir(),
        windowsHide: true,
      });
      return stdout;
    } catch (cause) {
      // ENOENT although the program exists: its loader is missing (a system without glibc, such as
      // Alpine).
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(file))
        throw new StartRefused(noBundledServer('its programs do not run here'), { cause });
      throw new StartRefused(
        `${program} failed: ${lastLines(cause)} (To use a PostgreSQL server of your own, set DATABASE_URL.)`,
        { cause },
      );
    }
  };
}

function lastLines(fault: unknown): string {
  const text = (fault as { stderr?: string }).stderr || (fault as Error).message;
  return text.trim().split('\n').slice(-5).join('\n');
}
