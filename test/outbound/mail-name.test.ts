import { expect, test } from 'vitest';
import { mailName } from '../../src/outbound/mail-name.ts';

test.each([
  ['Ann O’Hara-Çelik', 'Ann O’Hara-Çelik'],
  ['J. R. R. Tolkien', 'J. R. R. Tolkien'],
  ['李小龍', '李小龍'],
  ['Ann\r\n\r\nBcc: all@x.example', 'Ann Bcc all at x. example'],
  ['Ann\u2028Smith\u0000', 'Ann Smith'],
  ['https://evil.example/login', 'https evil. example login'],
  ['www.evil.example', 'evil. example'],
  ['evil。example', 'evil. example'],
  ['ｅｖｉｌ．ｃｏｍ', 'evil. com'],
  ['mailto:ann@evil.example', 'mailto ann at evil. example'],
  ['<a href="x">Click</a>', 'a href x Click a'],
  ['[Click](https://evil.example)', 'Click (https evil. example)'],
  ['Call +1 (800) 555-0199 now', 'Call … now'],
  ['\u202Egnp.exe', 'gnp. exe'],
  ['10.0.0.1', '…'],
])('a name in a mail is a name: %j', (name, said) => {
  expect(mailName(name)).toBe(said);
});

test('it has at most 100 characters', () => {
  expect(Array.from(mailName('x'.repeat(5_000)))).toHaveLength(100);
  expect(Array.from(mailName('𝔛'.repeat(101))).length).toBeLessThanOrEqual(100);
});
