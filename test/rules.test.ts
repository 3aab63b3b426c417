import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const top = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(top, file), 'utf8');

interface Rule {
  number: number;
  homes: { file: string; name: string }[];
  proofs: { file: string; title: string }[];
}

const RULES = read('src/directory/RULES.md')
  .split(/^### Rule /m)
  .slice(1)
  .map((text): Rule => {
    const list = (label: string) => [
      ...(new RegExp(`^- ${label}: (.*)$`, 'm').exec(text)?.[1] ?? '').matchAll(
        /`([^`]+)` `([^`]+)`/g,
      ),
    ];
    return {
      number: Number(/^\d+/.exec(text)?.[0]),
      homes: list('Home').map(([, file, name]) => ({ file: file!, name: name! })),
      proofs: list('Proof').map(([, file, title]) => ({ file: file!, title: title! })),
    };
  });

/** "rule 3", "rules 11, 12 and 19": the numbers of the rules that a text cites. */
function cited(text: string): number[] {
  return [...text.matchAll(/\brules? (\d+(?:(?:, | and |-)\d+)*)/gi)].flatMap(([, numbers]) =>
    numbers!.split(/, | and |-/).map(Number),
  );
}

test('the rules are numbered from 1 without a gap', () => {
  expect(RULES.map(rule => rule.number)).toEqual(RULES.map((_, index) => index + 1));
  expect(RULES.length).toBeGreaterThanOrEqual(30);
});

test('every rule that code or a test cites is in the rule book', () => {
  const known = new Set(RULES.map(rule => rule.number));
  const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'migrations/*.ts'], { cwd: top });
  const citations = files.flatMap(file => cited(read(file)).map(number => ({ file, number })));
  expect(citations.length).toBeGreaterThan(30);
  expect(citations.filter(({ number }) => !known.has(number))).toEqual([]);
});

describe.each(RULES.filter(rule => rule.number !== 20))('rule $number', ({ homes, proofs }) => {
  test('has a home that exists', () => {
    expect(homes).not.toEqual([]);
    for (const { file, name } of homes)
      expect(read(`src/${file}`)).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('has a proof that exists', () => {
    expect(proofs).not.toEqual([]);
    for (const { file, title } of proofs) expect(read(`test/${file}`)).toContain(title);
  });
});
