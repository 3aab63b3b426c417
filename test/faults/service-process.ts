import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Person } from '../support/person.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/**
 * What `npm start` would run, built apart for each worker: a service that runs from `dist` is left
 * alone.
 */
const built = path.join(root, 'dist', `tested-${process.env['VITEST_POOL_ID'] ?? '1'}`);
const running = new Set<ServiceProcess>();

export function build(): void {
  execFileSync(
    'tsc',
    [
      '-p',
      'tsconfig.json',
      '--noCheck',
      '--outDir',
      built,
      '--tsBuildInfoFile',
      `${built}.tsbuildinfo`,
    ],
    { cwd: root },
  );
}

/** A folder for bundled databases that the server's account can enter. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-faults-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** To be called when a test file ends, whatever came of it. */
export async function endAll(folder?: string): Promise<void> {
  await Promise.all([...running].map(service => service.end('SIGTERM')));
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The service as an operator has it: a process with an environment, an output and signals. */
export class ServiceProcess {
  readonly origin: string;
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  output = '';
  readonly #news = new EventEmitter().setMaxListeners(0);

  static async start(
    environment: Record<string, string>,
    command = 'serve',
  ): Promise<ServiceProcess> {
    return new ServiceProcess(
      environment['PORT'] ? Number(environment['PORT']) : await freePort(),
      environment,
      command,
    );
  }

  /** Started, and ready. */
  static async up(environment: Record<string, string>): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(environment);
    await service.says('SCIM      http');
    return service;
  }

  private constructor(port: number, environment: Record<string, string>, command: string) {
    this.origin = `http://127.0.0.1:${port}`;
    const { PATH, HOME, TMPDIR } = process.env;
    this.process = spawn(
      process.execPath,
      ['--enable-source-maps', path.join(built, 'src/main.js'), ...command.split(' ')],
      {
        cwd: root,
        env: {
          PATH,
          HOME,
          TMPDIR,
          DRAIN_DELAY_MS: '0',
          PORT: String(port),
          PUBLIC_URL: this.origin,
          ...environment,
        } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#news.emit('said');
      });
    this.ended = once(this.process, 'close').then(([code, signal]: (number | string | null)[]) => {
      running.delete(this);
      this.#news.emit('said');
      return code ?? signal ?? 'nothing';
    });
    running.add(this);
  }

  /** Waits for these words in the output, from a place on. */
  async says(words: string, from = 0): Promise<void> {
    while (!this.output.includes(words, from)) {
      if (!running.has(this))
        throw new Error(`The service ended before it said '${words}':\n${this.output}`);
      await once(this.#news, 'said');
    }
  }

  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | string> {
    this.process.kill(signal);
    return this.ended;
  }

  /** The token that a first start prints. */
  get printedToken(): string | undefined {
    return /shown this once: +(muster_pat_\w+)/.exec(this.output)?.[1];
  }

  /** Whoever holds this token, at this process. */
  as(token: string): Person {
    return new Person(this.origin, { id: '', tenantId: '', token, tokenId: '' });
  }

  log(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }
}

/**
 * Does this process run? One that has ended counts as gone, even when nobody has asked for its end.
 */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * The operator's command as it is called in the image, where only what was built is: through the
 * package's script, in a folder without the sources. Says what it printed, line by line.
 */
export function commandInImage(name: string, environment: Record<string, string>): string[] {
  const image = makeFolder();
  const { PATH, HOME, TMPDIR } = process.env;
  try {
    for (const file of ['package.json', '.npmrc', 'schema'])
      cpSync(path.join(root, file), path.join(image, file), { recursive: true });
    cpSync(built, path.join(image, 'dist'), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(image, 'node_modules'));
    return execFileSync('npm', ['run', '--silent', ...name.split(' ')], {
      cwd: image,
      env: { PATH, HOME, TMPDIR, ...environment } as NodeJS.ProcessEnv,
      encoding: 'utf8',
    })
      .trimEnd()
      .split('\n');
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
}

/** The operator's command, run to its end. */
export async function command(
  name: string,
  environment: Record<string, string>,
): Promise<{ code: number | string; lines: string[] }> {
  const run = await ServiceProcess.start(environment, name);
  const code = await run.ended;
  return { code, lines: run.output.trimEnd().split('\n') };
}
