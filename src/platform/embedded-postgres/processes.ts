import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import os from 'node:os';

const linux = os.platform() === 'linux';

export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/**
 * Tells whether the process is the server of this data directory: a pid file outlives a crash, and
 * its number may belong to another process since.
 */
export function isPostmaster(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    if (linux) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDir);
    if (os.platform() === 'win32') return true; // pg_ctl has the last word there
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      dataDir,
    );
  } catch {
    return false;
  }
}

/** A process that has given up its memory, its command line included, and is not reaped yet. */
export function isExiting(pid: number): boolean {
  if (!linux || !isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
  } catch {
    return false;
  }
}

/**
 * Children of a killed server go on for a moment, and a new server would refuse to start beside
 * them. Their working directory is the data directory.
 */
export function processesIn(dataDir: string): number[] {
  if (!linux) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid && folderOf(pid) === dataDir && !isZombie(pid));
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/**
 * Ended, but not reaped by its parent: usual in containers, whose first process reaps no children.
 */
function isZombie(pid: number): boolean {
  if (!linux) return false;
  try {
    return /^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
