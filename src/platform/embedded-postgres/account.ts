import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import path from 'node:path';
import { StartRefused } from '../start-refused.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The folder for files that the server's account could not reach inside the project. */
export const sharedFolder = '/var/lib/muster';

/**
 * The account to run PostgreSQL as, since it refuses to run as root; undefined means the account of
 * this process.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'node', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid && gid) return { uid, gid };
  }
  throw new StartRefused(
    'PostgreSQL does not run as root, and there is no account postgres, node or nobody to run it as. Start as another user, or set DATABASE_URL.',
  );
}

function idOf(kind: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [kind, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
    );
  } catch {
    return undefined;
  }
}

/** Can the account walk down to this path? Parts that do not exist yet will be made by us, open. */
export function canReach(target: string, account: Account): boolean {
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found) {
      const mayEnter =
        found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001;
      if (!(found.mode & mayEnter)) return false;
    }
    if (folder === path.dirname(folder)) return true;
  }
}

export function giveTo(account: Account | undefined, ...files: string[]): void {
  if (account) for (const file of files) chownSync(file, account.uid, account.gid);
}
