import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { giveTo, type Account } from './account.ts';
import { isPostmaster } from './processes.ts';

/**
 * A short folder derived from the data directory's path: the path of a socket is limited to about
 * 100 bytes.
 */
export function socketFolder(dataDir: string): string {
  return path.join(
    os.tmpdir(),
    `.muster-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`,
  );
}

export function prepareSocketFolder(dataDir: string, account: Account | undefined): string {
  const folder = socketFolder(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  giveTo(account, folder);
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.lock')) continue;
    const lock = path.join(folder, name);
    if (isPostmaster(firstLine(lock), dataDir)) continue; // another start was quicker
    rmSync(lock, { force: true });
    rmSync(lock.slice(0, -'.lock'.length), { force: true });
  }
  return folder;
}

/** The server takes its socket away itself; what is there now may be its successor's. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // in use, or gone
  }
}

export function firstLine(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  } catch {
    return Number.NaN;
  }
}

/** For Windows, where the server listens on loopback. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) =>
    probe.once('error', reject).listen(0, '127.0.0.1', resolve),
  );
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>(resolve => probe.close(() => resolve()));
  return port;
}
