import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './processes.ts';

const folderOf = (dataDir: string) => path.join(dataDir, 'muster-users');
const ours = new Map<string, number>();

/**
 * The processes that use this server: the last to leave stops it. Whoever started it may leave first (an operator's
 * command that runs while the service starts), and whoever adopted it after a crash still has to stop it.
 */
export function enter(dataDir: string): void {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folderOf(dataDir), String(process.pid)), '');
  ours.set(dataDir, (ours.get(dataDir) ?? 0) + 1);
}

/** True for the last one. */
export function leave(dataDir: string): boolean {
  const left = (ours.get(dataDir) ?? 1) - 1;
  ours.set(dataDir, left);
  if (left > 0) return false;
  rmSync(path.join(folderOf(dataDir), String(process.pid)), { force: true });
  return !readdirSync(folderOf(dataDir)).some(name => isAlive(Number(name)));
}
