import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Count, Turn } from './load.ts';
import type { Kind } from './workload.ts';

const started = new Set<ChildProcess>();

/** Whatever happens to us, nobody whom we started stays behind. */
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

export async function end(child: ChildProcess): Promise<void> {
  started.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

function keep(child: ChildProcess): ChildProcess {
  started.add(child);
  return child;
}

export class Load {
  readonly #child = keep(
    fork(path.join(import.meta.dirname, 'load.ts'), { execArgv: ['--no-warnings'] }),
  );

  async run(turn: Turn): Promise<Count> {
    this.#child.send(turn);
    const [count] = (await once(this.#child, 'message')) as [Count];
    return count;
  }

  end(): Promise<void> {
    return end(this.#child);
  }
}

export interface Served {
  name: string;
  kind: Kind;
  child: ChildProcess;
  port: number;
}

export const startFloor = (url: string, users: number): Promise<Served> =>
  startHere('floor', 'floor.ts', [url, String(users)]);
export const startAuditedFloor = (url: string, users: number): Promise<Served> =>
  startHere('floor+audit', 'floor.ts', [url, String(users), 'audit']);
export const startPostgraphile = (url: string): Promise<Served> =>
  startHere('postgraphile', 'postgraphile.ts', [installPostgraphile(), url]);

async function startHere(kind: Kind, file: string, given: string[]): Promise<Served> {
  const child = keep(
    fork(path.join(import.meta.dirname, file), given, {
      execArgv: ['--no-warnings'],
      env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
    }),
  );
  const gone = once(child, 'exit').then(() => {
    throw new Error(`${kind} ended before it listened.`);
  });
  const [port] = (await Promise.race([once(child, 'message'), gone])) as [number];
  gone.catch(() => {}); // it ends with the run
  return { name: kind, kind, child, port };
}

const PEERS = ['postgraphile@5.1.5', 'postgraphile-plugin-connection-filter@4.0.1', 'pg@8.23.0'];

/**
 * Into a folder of its own beside the packages, which `npm ci` takes away with them: nothing of the
 * product depends on it.
 */
function installPostgraphile(): string {
  const folder = path.join(import.meta.dirname, '../../node_modules/.cache/bench-peers');
  if (existsSync(path.join(folder, 'node_modules/postgraphile'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...PEERS], {
    cwd: folder,
    stdio: 'inherit',
  });
  return folder;
}

/** The memory that `npm start` gives the service of that build. */
const MEMORY = /--max\S+/g;

/** A built service, as an operator would start it; its log goes to a file. */
export async function startMuster(
  name: string,
  main: string,
  url: string,
  tokenKey: string,
  log: string,
  node: readonly string[] = [],
): Promise<Served> {
  const port = await freePort();
  const out = openSync(log, 'a');
  const { scripts } = JSON.parse(
    readFileSync(path.join(main, '../../../package.json'), 'utf8'),
  ) as { scripts: { start: string } };
  const child = keep(
    spawn(process.execPath, [...node, ...(scripts.start.match(MEMORY) ?? []), main], {
      stdio: ['ignore', out, out],
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: url,
        TOKEN_KEY: tokenKey,
        RATE_LIMIT_PER_SECOND: '1000000',
        DRAIN_DELAY_MS: '0',
      },
    }),
  );
  closeSync(out);
  for (let attempt = 0; ; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { name, kind: 'muster', child, port };
    if (child.exitCode !== null || attempt > 300)
      throw new Error(`${name} did not start: ${readFileSync(log, 'utf8').slice(-2_000)}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const TICK_US = 10_000;

/** What all threads of a process have used of the processors so far, in microseconds. */
export function cpuOf({ child }: Served): number {
  return usedBy(statOf(child.pid));
}

const usedByChild = new Map<string, number>();

/**
 * The same of a database server: all that its processes have used, those that have ended included
 * as far as they were seen.
 */
export function cpuOfDatabase(dataDir: string): number {
  const postmaster = readFileSync(`${dataDir}/postmaster.pid`, 'utf8').split('\n', 1)[0];
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const fields = statOf(pid);
    if (fields[1] === postmaster) usedByChild.set(pid, usedBy(fields));
  }
  return [...usedByChild.values()].reduce((sum, used) => sum + used, 0);
}

const usedBy = (fields: readonly string[]): number =>
  (Number(fields[11]) + Number(fields[12])) * TICK_US;

function statOf(pid: string | number | undefined): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return []; // it has just ended
  }
}

/** Megabytes resident, now and at most. */
export function memoryOf({ child }: Served): { now: number; most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const mb = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024);
  return { now: mb('VmRSS'), most: mb('VmHWM') };
}
