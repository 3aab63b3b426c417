import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePath, readPatch, resolvePath, type Json } from '../../../src/scim/protocol/index.ts';
import { ann, CORE, CUSTOM, ENT, op, patched, refusal, userType } from './types.ts';

describe('what is refused', () => {
  test.each<[string, Json[], string, boolean?]>([
    ['an unknown operation', [op('move', 'title', 'x')], 'invalidSyntax'],
    ['an operation that is text', ['add'], 'invalidSyntax'],
    [
      'an operation name that is an object',
      [{ op: { toString: 1 }, path: 'title', value: 'x' }],
      'invalidSyntax',
    ],
    ['a path that is a number', [{ op: 'add', path: 1, value: 1 }], 'invalidSyntax'],
    ['a remove without path', [op('remove', undefined)], 'noTarget'],
    ['an add without value', [{ op: 'add', path: 'title' }], 'invalidValue'],
    ['text without path', [op('add', undefined, 'x')], 'invalidValue'],
    ['a malformed path', [op('replace', 'emails[type eq "work"', 'x')], 'invalidPath'],
    ['a path of three steps', [op('replace', 'a.b.c', 'x')], 'invalidPath'],
    [
      'a malformed filter inside',
      [op('replace', 'emails[type like "work"].value', 'x')],
      'invalidFilter',
    ],
    [
      'an unknown name in the filter',
      [op('replace', 'emails[color eq "red"].value', 'x')],
      'invalidFilter',
    ],
    [
      'a filter on what has no elements',
      [op('replace', 'name[givenName eq "x"]', {})],
      'invalidPath',
    ],
    ['a read-only path', [op('replace', 'id', 'x')], 'mutability'],
    ['meta', [op('replace', 'meta.created', 'x')], 'mutability'],
    ['groups of a user', [op('add', 'groups', [{ value: 'g' }])], 'mutability'],
    ['removing what is required', [op('remove', 'userName')], 'mutability'],
    ['clearing what is required', [op('replace', 'userName', '')], 'invalidValue'],
    ['a boolean that is none', [op('replace', 'active', 'yes')], 'invalidValue'],
    ['a number that is none', [op('replace', `${CUSTOM}:floor`, 'ground')], 'invalidValue'],
    ['text for a name', [op('replace', 'name', 'Ann')], 'invalidValue'],
    ['two managers', [op('replace', 'manager', [{ value: 'a' }, { value: 'b' }])], 'invalidValue'],
    ['a NUL', [op('replace', 'title', 'a\0b')], 'invalidValue'],
    [
      'a whole element that matches nothing',
      [op('replace', 'phoneNumbers[type eq "work"]', { value: 'x' })],
      'noTarget',
    ],
    [
      'a type nobody declared',
      [op('replace', 'phoneNumbers[type eq "satellite"].value', 'x')],
      'noTarget',
    ],
    [
      'a filter from which no element can be made',
      [op('replace', 'phoneNumbers[type co "wo"].value', 'x')],
      'noTarget',
    ],
    [
      'a new element, when strict',
      [op('replace', 'phoneNumbers[type eq "work"].value', 'x')],
      'noTarget',
      false,
    ],
    ['text booleans, when strict', [op('replace', 'active', 'True')], 'invalidValue', false],
    ['manager as text, when strict', [op('replace', 'manager', 'x')], 'invalidValue', false],
    ['an unknown attribute, when strict', [op('replace', 'shoeSize', 4)], 'invalidPath', false],
    [
      'an unknown key, when strict',
      [op('replace', undefined, { shoeSize: 4 })],
      'invalidPath',
      false,
    ],
    ['no operation, when strict', [], 'invalidSyntax', false],
    ['a prototype as path', [op('add', '__proto__', { polluted: true })], 'invalidPath'],
    ['a prototype below a URN', [op('add', `${ENT}:__proto__`, 'x')], 'invalidPath'],
    [
      'a constructor as path',
      [op('add', 'constructor.prototype', { polluted: true })],
      'invalidPath',
    ],
    [
      'a prototype after brackets',
      [op('add', 'emails[type eq "work"].__proto__', 'x')],
      'invalidPath',
    ],
  ])('%s', (_title, operations, expected, tolerant = true) =>
    expect(refusal(() => patched(ann(), operations, tolerant))).toBe(expected),
  );

  test.each<[string, unknown]>([
    ['text', 'x'],
    ['null', null],
    ['a list', []],
    ['no operations', {}],
    ['another schema', { schemas: ['urn:x'], Operations: [] }],
    ['operations that are none', { Operations: {} }],
  ])('a body that is %s', (_title, body) =>
    expect(refusal(() => readPatch(body, userType))).toBe('invalidSyntax'),
  );

  test('a thousand and one operations', () => {
    const Operations = Array.from({ length: 1001 }, () => op('add', 'title', 'x'));
    expect(refusal(() => readPatch({ Operations }, userType))).toBe(413);
  });

  test('nothing of a refused PATCH remains', () => {
    const before = ann();
    expect(
      refusal(() =>
        patched(before, [
          op('replace', 'title', 'x'),
          op('replace', 'phoneNumbers[type eq "work"]', { value: 'x' }),
        ]),
      ),
    ).toBe('noTarget');
    expect(before).toEqual(ann());
  });

  test('an immutable value may be set once', () => {
    const once = patched(ann(), [op('add', `${CUSTOM}:birthMark`, 'x')]).resource;
    expect(patched(once, [op('add', `${CUSTOM}:birthMark`, 'x')]).changed).toBe(false);
    expect(refusal(() => patched(once, [op('replace', `${CUSTOM}:birthMark`, 'y')]))).toBe(
      'mutability',
    );
    expect(refusal(() => patched(once, [op('remove', `${CUSTOM}:birthMark`)]))).toBe('mutability');
  });
});

describe('paths', () => {
  test.each([
    ['emails', { name: 'emails' }],
    [`${ENT}:manager.value`, { name: `${ENT}:manager.value` }],
    [ENT, { name: ENT }],
    [
      'emails[type eq "]"].value',
      {
        name: 'emails',
        where: { kind: 'compare', name: 'type', op: 'eq', value: ']' },
        sub: 'value',
      },
    ],
    [
      `${CORE}:emails[value pr]`,
      { name: `${CORE}:emails`, where: { kind: 'present', name: 'value' } },
    ],
  ])('%s', (text, path) => expect(parsePath(text)).toEqual(path));

  test('no text brings anything but a ScimError', () => {
    const words = fc.constantFrom(
      'emails',
      '[',
      ']',
      '.',
      '"',
      'type',
      ' eq ',
      '"work"',
      ':',
      ENT,
      '__proto__',
      'constructor',
      '(',
      '$ref',
      '',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 12 }).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(texts, text => {
        expect([undefined, 'invalidPath', 'invalidFilter']).toContain(
          refusal(() => resolvePath(parsePath(text), userType)),
        );
      }),
      { numRuns: 2000 },
    );
    expect(refusal(() => parsePath('['.repeat(1_000_000)))).toBe('invalidPath');
    expect(refusal(() => parsePath(`emails[${'('.repeat(9_900)}]`))).toBe('invalidFilter');
  });
});

describe('what is told about a PATCH', () => {
  test.each<[string, Json[]]>([
    ['text-boolean', [op('replace', 'active', 'False')]],
    ['manager-as-text', [op('replace', 'manager', 'x')]],
    ['manager-in-list', [op('replace', 'manager', [{ value: 'x' }])]],
    ['created-element', [op('replace', 'ims[type eq "xmpp"].value', 'x')]],
    ['remove-by-value-list', [op('remove', 'emails', [{ value: 'x' }])]],
    ['role-as-json-text', [op('add', 'roles', [{ value: '{"value":"1"}' }])]],
    ['wrapped-scalar', [op('add', 'title', [{ value: 'x' }])]],
    ['dotted-key', [op('add', undefined, { 'name.givenName': 'x' })]],
    ['urn-key', [op('add', undefined, { [`${ENT}:division`]: 'x' })]],
    ['capital-op', [op('Add', 'title', 'x')]],
    ['empty-operations', []],
    ['demoted-primary', [op('add', 'emails', [{ value: 'x', primary: true }])]],
  ])('the habit %s', (habit, operations) =>
    expect(patched(ann(), operations).repairs).toContain(habit),
  );

  test('a plain RFC request shows no habit', () => {
    expect(
      patched(ann(), [
        op('replace', 'emails[type eq "work"].value', 'x'),
        op('add', undefined, { title: 'y', [ENT]: { division: 'z' } }),
      ]).repairs,
    ).toEqual([]);
  });

  test('what nobody declared is named', () => {
    const { ignored } = patched(ann(), [
      op('add', 'shoeSize', 4),
      op('add', undefined, { 'name': { color: 'x' }, 'a b': 1 }),
    ]);
    expect(ignored).toEqual(['shoeSize', 'name.color', 'a b']);
  });
});
