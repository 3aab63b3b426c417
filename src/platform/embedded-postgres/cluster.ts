import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { giveTo, type Account } from './account.ts';
import { isAlive } from './processes.ts';
import { StartRefused } from '../start-refused.ts';

export type Run = (program: 'initdb' | 'pg_ctl' | 'postgres', args: string[]) => Promise<string>;

export const superuser = 'postgres';
const SETTINGS_FILE = 'muster.conf';
const PASSWORD_FILE = 'superuser.secret';

/** Makes the data directory unless it is there, and says the superuser's password. */
export async function ensureCluster(
  dataDir: string,
  account: Account | undefined,
  run: Run,
  durable: boolean,
): Promise<string> {
  mkdirSync(path.dirname(dataDir), { recursive: true });
  removeUnfinished(dataDir);
  if (!isCluster(dataDir)) await createCluster(dataDir, account, run, durable);
  const theirs = readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const ours = /(\d+)\./.exec(await run('postgres', ['--version']))?.[1];
  if (theirs !== ours)
    throw new StartRefused(
      `The data directory ${dataDir} belongs to PostgreSQL ${theirs}; the bundled server is PostgreSQL ${ours}.`,
    );
  return readFileSync(path.join(dataDir, PASSWORD_FILE), 'utf8').trim();
}

/**
 * Writes the settings file that the server includes, anew before each start: no shell quoting, and
 * nothing remains of the last start.
 */
export function writeSettings(
  dataDir: string,
  account: Account | undefined,
  settings: Record<string, string>,
): void {
  const part = path.join(dataDir, `${SETTINGS_FILE}.${process.pid}`);
  writeFileSync(
    part,
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
      .join(''),
    { mode: 0o600 },
  );
  giveTo(account, part);
  renameSync(part, path.join(dataDir, SETTINGS_FILE));
}

const isCluster = (dataDir: string) => existsSync(path.join(dataDir, 'PG_VERSION'));

/**
 * Runs initdb in a folder beside the data directory and renames it, so that no crash and no other
 * start sees it incomplete.
 */
async function createCluster(
  dataDir: string,
  account: Account | undefined,
  run: Run,
  durable: boolean,
): Promise<void> {
  const fresh = `${dataDir}.init-${process.pid}`;
  const password = `${fresh}.password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  giveTo(account, fresh, password);
  try {
    await run('initdb', [
      '-D',
      fresh,
      '-U',
      superuser,
      '-A',
      'scram-sha-256',
      `--pwfile=${password}`,
      '-E',
      'UTF8',
      '--no-instructions',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C', // sorts the same on every machine
      ...(durable ? [] : ['--no-sync']),
    ]);
    appendFileSync(
      path.join(fresh, 'postgresql.conf'),
      `\ninclude_if_exists = '${SETTINGS_FILE}'\n`,
    );
    renameSync(password, path.join(fresh, PASSWORD_FILE));
    try {
      renameSync(fresh, dataDir);
    } catch (fault) {
      // otherwise another start was faster, and its cluster is used
      if (!isCluster(dataDir)) throw fault;
    }
  } finally {
    rmSync(password, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Removes what a start left behind that was killed during initdb. */
function removeUnfinished(dataDir: string): void {
  const folder = path.dirname(dataDir);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(`${path.basename(dataDir)}.init-`)
      ? Number(/\.init-(\d+)/.exec(name)?.[1])
      : undefined;
    if (pid !== undefined && !isAlive(pid))
      rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
