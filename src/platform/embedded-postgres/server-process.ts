import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './account.ts';
import { windows } from './platform-name.ts';

export interface Spawned {
  hasEnded(): boolean;
}

/**
 * Starts `postgres` itself instead of `pg_ctl start`, which builds a shell command from the paths:
 * a quote or a dollar in a folder's name would break it. On Windows pg_ctl is needed to drop an
 * administrator's privileges.
 */
export function spawnServer(
  native: string,
  dataDir: string,
  log: string,
  account: Account | undefined,
): Spawned {
  const out = openSync(log, 'a');
  const [program, args] = windows
    ? ['pg_ctl.exe', ['start', '-D', dataDir, '-w', '-s', '-l', log]]
    : ['postgres', ['-D', dataDir]];
  const child = spawn(path.join(native, 'bin', program), args, {
    ...account,
    cwd: path.dirname(log),
    // it outlives this process: a signal to our process group must not stop it before the last
    // request is answered
    detached: true,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', out, out],
    windowsHide: true,
  });
  closeSync(out);
  let failed = false;
  child.once('error', () => {
    failed = true;
  });
  child.unref();
  return {
    hasEnded: () =>
      failed ||
      (windows
        ? (child.exitCode ?? 0) !== 0
        : child.exitCode !== null || child.signalCode !== null),
  };
}
