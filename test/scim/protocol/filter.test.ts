import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkFilter,
  matches,
  parseFilter,
  printFilter,
  type CompareOp,
  type Filter,
} from '../../../src/scim/protocol/index.ts';
import { cpuMs } from '../../support/cpu.ts';
import { ann, CORE, CUSTOM, ENT, refusal, userType } from './types.ts';

const found = (text: string) => matches(checkFilter(parseFilter(text), userType), ann());
const refused = (text: string) => refusal(() => checkFilter(parseFilter(text), userType));

describe('what a filter finds', () => {
  test.each([
    ['userName ignores case', 'USERNAME EQ "ANN@contoso.com"', true],
    ['externalId does not', 'externalId eq "ann"', false],
    ['externalId in its own case is found', 'externalId eq "Ann"', true],
    ['a URN-qualified name with dots in its version', `${CORE}:userName sw "ann"`, true],
    ['a URN-qualified sub-attribute', `${CORE}:name.familyName ew "ple"`, true],
    ['an extension attribute by URN', `${ENT}:department eq "r&d"`, true],
    ['an extension attribute by its bare name', 'department eq "R&D"', true],
    ['manager alone means its value', `${ENT}:manager eq "77aa"`, true],
    ['emails alone mean any value', 'emails co "home.net"', true],
    [
      'conditions in brackets meet in one element',
      'emails[type eq "work" and value co "@home"]',
      false,
    ],
    ['brackets joined with or', 'emails[type eq "home"] or ims[type eq "xmpp"]', true],
    [
      'a condition after brackets speaks of the same element',
      'emails[type eq "work"].value eq "ANN@contoso.com"',
      true,
    ],
    [
      'a condition after brackets on another element does not count',
      'emails[type eq "work"].value eq "ann@home.net"',
      false,
    ],
    ['schemas can be filtered', `schemas eq "${ENT}"`, true],
    ['text booleans mean booleans', 'active eq "True"', true],
    ['booleans too', 'active eq false', false],
    ['roles[primary eq "True"]', 'roles[primary eq "True"].value eq "admin"', true],
    ['pr on what is there', 'title pr', true],
    ['pr on what is not', 'nickName pr', false],
    ['pr on a complex attribute', 'name pr and meta pr and emails pr', true],
    ['eq null is absence', 'nickName eq null', true],
    ['ne null is presence', 'title ne null', true],
    ['what is absent is not equal', 'nickName ne "x"', true],
    ['times compare as times', 'meta.lastModified gt "2026-01-02T10:30:00+01:00"', true],
    ['and binds tighter than or', 'title pr or nickName pr and nickName pr', true],
    ['grouping binds tightest', '(title pr or nickName pr) and nickName pr', false],
    ['not applies to its group', 'not (nickName pr) and title pr', true],
    ['JSON escapes are understood', 'title eq "\\u0045ngineer"', true],
    ['a bracket or quote inside text is text', 'title eq "]\\")" or title pr', true],
    ['order of text', 'userName ge "ann" and userName lt "b"', true],
  ])('%s', (_title, text, expected) => expect(found(text)).toBe(expected));
});

describe('what is refused as invalidFilter', () => {
  test.each([
    ['an unknown attribute', 'shoeSize eq 4'],
    ['an unknown sub-attribute', 'emails.color eq "x"'],
    ['an unknown attribute in brackets', 'emails[color eq "x"]'],
    ['order of booleans', 'active gt true'],
    ['order of binaries', 'x509Certificates.value gt "a"'],
    ['part of a boolean', 'active co "t"'],
    ['an unquoted value', 'userName eq ann'],
    ['an unknown operator', 'userName like "a"'],
    ['no value', 'userName eq'],
    ['no operator', 'userName'],
    ['nothing', ''],
    ['an open group', '(title pr'],
    ['a closed one', 'title pr)'],
    ['open brackets', 'emails[type eq "work"'],
    ['an open text', 'title eq "x'],
    ['brackets in brackets', 'emails[type[value pr]]'],
    ['a bad escape', 'title eq "\\x"'],
    ['a name alone after or', 'title pr or'],
    ['order of null', 'title gt null'],
    ['a complex attribute without value', 'name eq "x"'],
    ['a time that is none', 'meta.created gt "soon"'],
    ['a prototype', '__proto__ pr'],
    ['a constructor', 'constructor eq "x"'],
    ['three levels', 'a.b.c pr'],
    ['elements of a sub-attribute', 'name.givenName[value pr]'],
    ['a wrong number', 'title eq 012'],
    ['an empty group', '()'],
    ['brackets with a tail and no condition', 'emails[type eq "work"].value'],
    ['an escape of NUL', String.raw`title eq "\u0000"`],
    ['an escape of half a character', String.raw`title eq "\ud800"`],
  ])('%s', (_title, text) => expect(refused(text)).toBe('invalidFilter'));

  test('ten thousand parentheses are refused quickly', () => {
    const start = cpuMs();
    expect(refused('('.repeat(9_999))).toBe('invalidFilter');
    expect(refused(`${'('.repeat(4_900)}title pr${')'.repeat(4_900)}`)).toBe('invalidFilter');
    expect(refused('('.repeat(1_000_000))).toBe('invalidFilter');
    expect(refused('not ('.repeat(1_999))).toBe('invalidFilter');
    expect(refused(`"${'\\'.repeat(9_000)}`)).toBe('invalidFilter');
    expect(cpuMs() - start).toBeLessThan(500);
  });

  test('a long list of alternatives is fine', () => {
    const many = Array.from({ length: 500 }, (_, n) => `id eq "${n}"`).join(' or ');
    expect(found(`${many} or id eq "8c1f"`)).toBe(true);
  });
});

const names = fc.constantFrom(
  'userName',
  'title',
  'name.givenName',
  'active',
  `${CUSTOM}:badge`,
  'emails.value',
  'meta.created',
);
const ops = fc.constantFrom<CompareOp>('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le');
const literals = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).filter(text => !text.includes('\0')),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { filter: filters } = fc.letrec<{ filter: Filter; leaf: Filter }>(tie => ({
  leaf: fc.oneof(
    fc.record({ kind: fc.constant('present' as const), name: names }),
    fc.record({ kind: fc.constant('compare' as const), name: names, op: ops, value: literals }),
  ),
  filter: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'f' },
    tie('leaf'),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('filter'), { minLength: 2, maxLength: 3, depthIdentifier: 'f' }),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('filter') }),
    fc.record({
      kind: fc.constant('element' as const),
      name: fc.constant('emails'),
      where: tie('leaf'),
    }),
  ),
}));

describe('properties', () => {
  test('what is printed parses to the same filter', () => {
    fc.assert(
      fc.property(filters, filter => {
        expect(parseFilter(printFilter(filter))).toEqual(filter);
      }),
      { numRuns: 300 },
    );
  });

  test('no text brings anything but a ScimError', () => {
    const words = fc.constantFrom(
      'userName',
      'emails',
      '[',
      ']',
      '(',
      ')',
      ' ',
      '"',
      '"x"',
      'eq',
      'and',
      'or',
      'not',
      'pr',
      'true',
      'null',
      '1',
      '-',
      '.',
      '\\',
      '$ref',
      'urn:',
      CORE,
      '\0',
      'é',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 30 }).map(parts => parts.join(' ')),
      fc.array(words).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(texts, text => {
        expect([undefined, 'invalidFilter']).toContain(refused(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('not turns every answer around', () => {
    const checkable = filters.filter(filter => refused(printFilter(filter)) === undefined);
    fc.assert(
      fc.property(checkable, filter => {
        expect(found(`not (${printFilter(filter)})`)).toBe(!found(printFilter(filter)));
      }),
      { numRuns: 200 },
    );
  });
});
