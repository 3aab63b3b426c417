import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './processes.ts';

const LEAVING = '.leaving';
const STEP_MS = 20;
const TIMEOUT_MS = 60_000;

const folderOf = (dataDir: string) => path.join(dataDir, 'muster-users');
const markOf = (dataDir: string) => path.join(folderOf(dataDir), `${process.pid}${LEAVING}`);
const ours = new Map<string, number>();

/**
 * Registers this process as a user of the server; the last user to leave stops it. The process that
 * started it may leave first (an operator's command that runs while the service starts), and one
 * that adopted it after a crash still has to stop it.
 *
 * Resolves when nobody is between leaving and stopping: a server that is about to be stopped still
 * accepts connections and must not be adopted. A process that leaves writes its mark before it
 * reads the users, and one that enters is a user before it reads the marks, so one of them sees the
 * other.
 */
export async function enter(dataDir: string): Promise<void> {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folderOf(dataDir), String(process.pid)), '');
  ours.set(dataDir, (ours.get(dataDir) ?? 0) + 1);
  const deadline = Date.now() + TIMEOUT_MS;
  while (isBeingLeft(dataDir) && Date.now() < deadline) await delay(STEP_MS);
}

/** True for the last user, who stops the server and then calls `left`. */
export function leave(dataDir: string): boolean {
  const others = (ours.get(dataDir) ?? 1) - 1;
  ours.set(dataDir, others);
  if (others > 0) return false;
  writeFileSync(markOf(dataDir), '');
  rmSync(path.join(folderOf(dataDir), String(process.pid)), { force: true });
  const isLast = !readdirSync(folderOf(dataDir)).some(name => isAlive(Number(name)));
  if (!isLast) left(dataDir);
  return isLast;
}

/** The server is stopped, or is used by others: the next one may enter. */
export function left(dataDir: string): void {
  rmSync(markOf(dataDir), { force: true });
}

function isBeingLeft(dataDir: string): boolean {
  return readdirSync(folderOf(dataDir)).some(
    name => name.endsWith(LEAVING) && isAlive(Number(name.slice(0, -LEAVING.length))),
  );
}
