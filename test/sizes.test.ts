import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// Functions of at most 60 lines, and files of at most 250, are kept by the linter (.oxlintrc.json).

const top = fileURLToPath(new URL('..', import.meta.url));
const WIDEST = 100;
const linesOf = (file: string): string[] =>
  readFileSync(path.join(top, file), 'utf8').trimEnd().split('\n');

/**
 * Texts that stay in one piece, so that they are found by searching for them: a string, a template
 * or a pattern that begins and ends on its line, and an address.
 */
const WHOLE_TEXTS =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=(?:^|[(,=:[!&|?])\s*)\/(?![/*])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/\w*|https?:\/\/\S+/g;

const isComment = (line: string): boolean => /^\s*(?:\/\/|\/?\*)/.test(line);

/** Is the line too wide, apart from one text that cannot be broken? */
function isTooWide(line: string): boolean {
  if (line.length <= WIDEST) return false;
  if (/oxlint-disable/.test(line)) return false; // a directive is one line
  const texts = isComment(line) ? /https?:\/\/\S+/g : WHOLE_TEXTS;
  return line.replace(texts, '').length > WIDEST;
}

test('half of the source files have at most 65 lines, nine of ten at most 150', () => {
  const sizes = globSync('src/**/*.ts', { cwd: top })
    .map(file => linesOf(file).length)
    .toSorted((one, other) => one - other);
  expect(sizes.length).toBeGreaterThan(300);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(65);
  expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThanOrEqual(150);
});

test.each(['src', 'test'])('no line in %s is wider than 100 columns', folder => {
  const wide = globSync(`${folder}/**/*.ts`, { cwd: top }).flatMap(file =>
    linesOf(file).flatMap((line, at) => (isTooWide(line) ? [`${file}:${at + 1}: ${line}`] : [])),
  );
  expect(wide).toEqual([]);
});

describe('a line of more than 100 columns', () => {
  const filler = 'word '.repeat(25);
  test.each([
    ['a comment', `// ${filler}`, true],
    ['a line of a longer comment', ` * ${filler}`, true],
    ['a comment behind code', `const a = 1; // ${filler}`, true],
    ['code', `const a = ${'b + '.repeat(30)}b;`, true],
    ['one line of a template of several', `  select ${filler} from`, true],
    ['the first line of such a template', `const a = \`select ${filler}`, true],
    ['a whole string', `  '${filler}',`, false],
    ['a whole template', `  \`\${a} ${filler}\`,`, false],
    ['a whole pattern', `  /${filler}/,`, false],
    ['an address in a comment', `// https://example.com/${'a'.repeat(100)}`, false],
    ['a long line of code with short texts', `call('a', ${'b, '.repeat(40)}'c');`, true],
  ])('%s: too wide is %s', (_, line, tooWide) => {
    expect(isTooWide(line)).toBe(tooWide);
  });
});
