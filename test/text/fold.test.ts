import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionOf } from '../../src/platform/index.ts';
import { caseFold, fold, trim } from '../../src/text/index.ts';
import { createTestDatabase } from '../support/cluster.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client(connectionOf(await createTestDatabase()) as pg.ClientConfig);
  await client.connect();
});
afterAll(() => client.end());

/** What the tables make of each text. */
async function inDatabase(name: 'fold' | 'casefolded', texts: readonly string[]) {
  const { rows } = await client.query<{ folded: string }>(
    `select ${name}(given) as folded from unnest($1::text[]) with ordinality as g(given, place) order by place`,
    [texts],
  );
  return rows.map(({ folded }) => folded);
}

describe('one folding', () => {
  test.each([
    ['ANN@Example.com', 'ann@example.com', 'case'],
    [' ann@example.com', 'ann@example.com ', 'blanks at either end'],
    ['\u00a0ann\u3000', 'ann\u2003\t', 'white space of any script'],
    ['Ren\u00e9', 'Rene\u0301', 'a letter with a mark, and the letter and its mark'],
    ['\u1e69', 's\u0307\u0323', 'marks in another order'],
    ['ΟΔΟΣ', 'οδος', 'the sigma at the end of a word'],
    ['ΟΔΟσ', 'οδος', 'the other sigma at the end of a word'],
    ['İpek', 'i̇pek', 'the capital i with a dot'],
    ['STRASSE', 'straße', 'the sharp s'],
    ['STRAẞE', 'strasse', 'its capital'],
    ['Ꭰ', 'ꭰ', 'Cherokee'],
    ['ﬁn', 'FIN', 'a ligature that case takes apart'],
    ['\u212bngstr\u00f6m', '\u00e5ngstro\u0308m', 'the sign of a unit'],
  ])('%j and %j are one name: %s', async (one, other) => {
    expect(fold(one)).toBe(fold(other));
    expect(await inDatabase('fold', [one, other])).toEqual([fold(one), fold(one)]);
  });

  test.each([
    ['Irmak', 'ırmak', 'the dotless i'],
    ['İpek', 'ipek', 'a dot is a mark'],
    ['René', 'Rene', 'an accent is a letter of its own'],
    ['ann b', 'annb', 'a blank inside counts'],
    ['ann b', 'ann\u00a0b', 'and so does which one'],
    ['ａｎｎ', 'ann', 'full width is another letter'],
    ['①', '1', 'so is a digit in a circle'],
  ])('%j and %j are two names: %s', async (one, other) => {
    expect(fold(one)).not.toBe(fold(other));
    const [first, second] = await inDatabase('fold', [one, other]);
    expect(first).not.toBe(second);
  });

  test('the code folds every character as the database does, alone and between marks', async () => {
    // Many in one text, a line each: one text for each would take half a minute.
    const texts: string[] = [];
    for (let from = 1; from <= 0x10ffff; from += 0x40) {
      const characters = Array.from({ length: 0x40 }, (_, i) => from + i)
        .filter(code => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))
        .map(code => String.fromCodePoint(code));
      const known = characters.filter(each => /\P{Cn}/u.test(each));
      texts.push(`x\n${characters.join('\n')}\nx`);
      texts.push(known.map(each => `a\u0345${each}\u0301x`).join('\n'));
    }
    const folded = await inDatabase('fold', texts);
    expect(texts.filter((text, at) => fold(text) !== folded[at])).toEqual([]);
  });

  test('the code folds any text as the database does, and folding twice changes nothing more', async () => {
    const letter = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(...Array.from('aßẞſΣσςİıIiÅ\u212bǅﬃΰΐ\u0390ἀᾀᾼᾳ가각')),
      fc.constantFrom(
        ...Array.from('\u0300\u0301\u0307\u0323\u0327\u0338\u0345\u0308\u3099\u1160\u11a8'),
      ),
      fc.constantFrom(...Array.from(' \t\u00a0\u0085\ufeff\u2028\u200b\u1680')),
      fc.constantFrom('\ua7ce', '\u1acf', '\u{16ea0}', '\u{1e6e3}', '\u{1f600}', '\u{10400}'),
    );
    const texts = fc
      .sample(fc.array(letter, { maxLength: 12 }), 8_000)
      .map(letters => letters.join('').replaceAll('\0', ''))
      .filter(text => text.isWellFormed());
    expect(texts.length).toBeGreaterThan(6_000);
    for (const [name, inCode] of [
      ['fold', fold],
      ['casefolded', caseFold],
    ] as const) {
      const folded = await inDatabase(name, texts);
      expect(texts.filter((text, at) => inCode(text) !== folded[at])).toEqual([]);
      expect(texts.filter(text => inCode(inCode(text)) !== inCode(text))).toEqual([]);
    }
  });

  test('white space in the middle of a very long text costs no more than its length', () => {
    const long = `a${' '.repeat(2_000_000)}b`;
    expect(trim(`${' '.repeat(1_000_000)}${long} `)).toBe(long);
  });
});
