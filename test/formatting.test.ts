import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const top = fileURLToPath(new URL('..', import.meta.url));

test('every file is formatted (npm run format)', async () => {
  const check = promisify(execFile)('node_modules/.bin/prettier', ['--list-different', '.'], {
    cwd: top,
  });
  const { stdout } = await check.catch((fault: { stdout: string }) => fault);
  expect(stdout).toBe('');
});
