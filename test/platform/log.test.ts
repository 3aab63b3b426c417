import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/platform/index.ts';

const SECRET = 'muster_pat_0123456789abcdefABCDEF';

function logged(
  level: string,
  write: (log: ReturnType<typeof createLog>) => void,
): { text: string; line: Record<string, unknown> } {
  let text = '';
  write(
    createLog(level, {
      write: line => {
        text += line;
      },
    }),
  );
  return { text, line: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

test('a line is JSON with its level in words and its time', () => {
  const { line } = logged('info', log => log.info({ tenant: 't1' }, 'served'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    tenant: 't1',
    msg: 'served',
  });
});

test('silent says nothing', () => {
  expect(logged('silent', log => log.fatal('x')).text).toBe('');
});

describe('no secret leaves it', () => {
  test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
    ['in a message', log => log.info(`token ${SECRET} used`)],
    ['in a field, however deep', log => log.info({ a: { b: [SECRET] } })],
    [
      'in a sentence of an error',
      log => log.error({ err: new Error(`no ${SECRET}`, { cause: new Error(SECRET) }) }),
    ],
    ['in a header that somebody logs', log => log.info({ authorization: `Bearer ${SECRET}` })],
    ['in a child', log => log.child({ token: SECRET }).info('x')],
    [
      'in an address',
      log =>
        log.info({
          req: {
            method: 'GET',
            url: `/scim/Users?token=${SECRET}`,
            headers: { authorization: SECRET },
          },
        }),
    ],
  ])('%s', (_, write) => {
    const { text, line } = logged('info', write);
    expect(text).not.toContain(SECRET.slice(-12));
    expect(line['level']).toBeDefined();
  });

  test('also not one that is not ours', () => {
    const { text } = logged('info', log =>
      log.info('sent Bearer eyJhbGciOi.abc.def and basic dXNlcjpwYXNz to it'),
    );
    expect(text).toContain('sent Bearer … and basic … to it');
  });
});

test('of a request only the method and the path are told, of a database error not the row', () => {
  const fault = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'member_email',
    detail: 'Key (email)=(ada@example.com)',
  });
  const { line, text } = logged('info', log =>
    log.info({
      req: { method: 'GET', url: '/a?b=c', headers: { cookie: 'x' } },
      res: { statusCode: 200 },
      err: fault,
    }),
  );
  expect(line).toMatchObject({
    req: { method: 'GET', path: '/a' },
    res: { status: 200 },
    err: { code: '23505', constraint: 'member_email' },
  });
  expect(text).not.toMatch(/cookie|ada@example/);
});

describe('standard output', () => {
  const log = new URL('../../src/platform/log.ts', import.meta.url).href;
  const start = (code: string): ChildProcessWithoutNullStreams => {
    const source = `import { createLog } from ${JSON.stringify(log)};
      const log = createLog('info'); ${code}`;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', source]);
    child.stdout.setEncoding('utf8');
    return child;
  };
  const run = async (code: string): Promise<{ lines: string[]; exitCode: number | null }> => {
    const child = start(code);
    const portions: string[] = [];
    child.stdout.on('data', (portion: string) => portions.push(portion));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { lines: portions.join('').trim().split('\n'), exitCode };
  };
  const all = `for (let n = 0; n < 1000; n++) log.info({ n }, 'line');`;
  const numbers = (lines: string[]) =>
    lines.map(line => (JSON.parse(line) as { n?: number }).n).filter(n => n !== undefined);
  const everyNumber = Array.from({ length: 1000 }, (_, n) => n);

  test.each([
    ['ends', all, 0],
    ['is ended', `${all} process.exit(3);`, 3],
    ['dies of a fault', `${all} throw new Error('x');`, 1],
    ['dies of a promise', `${all} Promise.reject(new Error('x'));`, 1],
  ])('loses no line and keeps their order when the process %s', async (_, code, exitCode) => {
    const ended = await run(code);
    expect([numbers(ended.lines), ended.exitCode]).toEqual([everyNumber, exitCode]);
  });

  test('writes an error at once, and what came before it', async () => {
    const { lines } = await run(
      `log.info('before'); log.error('now'); log.info('lost');
      process.kill(process.pid, 'SIGKILL');`,
    );
    expect(lines.map(line => (JSON.parse(line) as { msg: string }).msg)).toEqual(['before', 'now']);
  });

  test('writes a line that no other follows', async () => {
    const child = start(`log.info('alone'); setInterval(() => {}, 60_000);`);
    const [line] = (await once(child.stdout, 'data')) as [string];
    child.kill('SIGKILL');
    expect(JSON.parse(line)).toMatchObject({ msg: 'alone' });
  });
});
