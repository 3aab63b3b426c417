import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/scim/protocol/index.ts';
import { ann, at, CORE, CUSTOM, ENT, op, patched } from './types.ts';

describe('what a PATCH makes of a user', () => {
  test.each<[string, Json[], string, Json | undefined]>([
    ['a capitalised operation', [op('Replace', 'displayName', 'Ann B')], 'displayName', 'Ann B'],
    ['text that means false', [op('Replace', 'active', 'False')], 'active', false],
    ['text that means true, small', [op('replace', 'active', 'true')], 'active', true],
    [
      'a wrapped plain value',
      [op('Replace', 'displayName', [{ $ref: null, value: 'Ann B' }])],
      'displayName',
      'Ann B',
    ],
    ['a path in another case', [op('replace', 'NAME.givenname', 'Anna')], 'name.givenName', 'Anna'],
    [
      'a sub-attribute beside the others',
      [op('Replace', 'name.familyName', 'B')],
      'name',
      { givenName: 'Ann', familyName: 'B', formatted: 'Ann Example' },
    ],
    [
      'a nested object without path merges',
      [op('replace', undefined, { name: { givenName: 'Anna' } })],
      'name.familyName',
      'Example',
    ],
    [
      'dotted keys',
      [op('replace', undefined, { 'name.givenName': 'Anna' })],
      'name',
      { givenName: 'Anna', familyName: 'Example', formatted: 'Ann Example' },
    ],
    [
      'a full URN as key',
      [op('replace', undefined, { [`${ENT}:employeeNumber`]: '8' })],
      `${ENT}.employeeNumber`,
      '8',
    ],
    [
      'an extension as a nested object merges',
      [op('replace', undefined, { [ENT]: { division: 'D' } })],
      ENT,
      { department: 'R&D', manager: { value: '77aa', displayName: 'Bo' }, division: 'D' },
    ],
    [
      'a core URN as a nested object',
      [op('replace', undefined, { [CORE]: { title: 'Boss' } })],
      'title',
      'Boss',
    ],
    ['an extension by path', [op('add', ENT, { division: 'D' })], `${ENT}.division`, 'D'],
    ['a colon path', [op('Add', `${ENT}:department`, 'Ops')], `${ENT}.department`, 'Ops'],
    [
      'a URN with a slip',
      [op('Add', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department', 'Ops')],
      `${ENT}.department`,
      'Ops',
    ],
    [
      'a custom extension',
      [op('Add', `${CUSTOM}:badge`, 'b1'), op('add', `${CUSTOM}:floor`, '3')],
      CUSTOM,
      { badge: 'b1', floor: 3 },
    ],
    ['manager as text', [op('Add', `${ENT}:manager`, '99')], `${ENT}.manager`, { value: '99' }],
    [
      'manager as an object',
      [op('replace', `${ENT}:manager`, { value: '99' })],
      `${ENT}.manager`,
      { value: '99' },
    ],
    [
      'manager as a list of one',
      [op('Add', 'manager', [{ $ref: 'https://x/99', value: '99' }])],
      `${ENT}.manager`,
      { $ref: 'https://x/99', value: '99' },
    ],
    [
      'manager by its sub-attribute loses the old name',
      [op('replace', `${ENT}:manager.value`, '99')],
      `${ENT}.manager`,
      { value: '99' },
    ],
    ['manager as empty text', [op('replace', `${ENT}:manager`, '')], `${ENT}.manager`, undefined],
    [
      'manager with an empty value',
      [op('replace', `${ENT}:manager`, { value: '' })],
      `${ENT}.manager`,
      undefined,
    ],
    ['manager as null', [op('replace', `${ENT}:manager`, null)], `${ENT}.manager`, undefined],
    ['manager removed', [op('Remove', `${ENT}:manager`, '77aa')], `${ENT}.manager`, undefined],
    [
      'an element chosen by type',
      [op('Replace', 'emails[type eq "work"].value', 'b@c.d')],
      'emails.0',
      { type: 'work', value: 'b@c.d', primary: true },
    ],
    [
      'an element nobody had',
      [op('Add', 'phoneNumbers[type eq "mobile"].value', '+47')],
      'phoneNumbers',
      [{ type: 'mobile', value: '+47' }],
    ],
    [
      'several operations land in one new element',
      [
        op('Add', 'addresses[type eq "work"].country', 'Norway'),
        op('Replace', 'addresses[type eq "work"].locality', 'Oslo'),
        op('replace', 'addresses[type eq "work"].Formatted', 'HQ'),
      ],
      'addresses',
      [{ type: 'work', country: 'Norway', locality: 'Oslo', formatted: 'HQ' }],
    ],
    [
      'the primary role, said in text',
      [
        op('Replace', 'roles[primary eq "True"].value', 'Reader'),
        op('Add', 'roles[primary eq "True"].type', 'T'),
      ],
      'roles',
      [{ primary: true, value: 'Reader', display: 'Admin', type: 'T' }],
    ],
    [
      'a role as JSON in text',
      [op('Add', 'roles', [{ value: '{"id":"1","value":"25","displayName":"Role1"}' }])],
      'roles.1',
      { value: '25', display: 'Role1' },
    ],
    [
      'a role already there is not repeated',
      [op('Add', 'roles', [{ value: 'Admin', type: 'W' }])],
      'roles',
      [{ primary: true, value: 'Admin', display: 'Admin', type: 'W' }],
    ],
    [
      'the whole list of roles',
      [op('replace', 'roles', [{ value: 'a' }, { value: 'b' }])],
      'roles',
      [{ value: 'a' }, { value: 'b' }],
    ],
    [
      'add appends',
      [op('add', 'emails', [{ type: 'other', value: 'c@d.e' }])],
      'emails.2',
      { type: 'other', value: 'c@d.e' },
    ],
    [
      'add takes a single object',
      [op('add', 'emails', { type: 'other', value: 'c@d.e' })],
      'emails.2.value',
      'c@d.e',
    ],
    [
      'a new primary demotes the earlier one',
      [op('add', 'emails', [{ type: 'other', value: 'c@d.e', primary: true }])],
      'emails.0.primary',
      false,
    ],
    [
      'a primary set by path demotes the others',
      [op('replace', 'emails[type eq "home"].primary', 'True')],
      'emails.0.primary',
      false,
    ],
    [
      'two values with one type and value become one',
      [
        op('replace', 'emails', [
          { type: 'work', value: 'x' },
          { type: 'work', value: 'x' },
        ]),
      ],
      'emails',
      [{ type: 'work', value: 'x' }],
    ],
    [
      'of two primaries the later one stays',
      [
        op('replace', 'emails', [
          { value: 'x', primary: true },
          { value: 'y', primary: true },
        ]),
      ],
      'emails',
      [
        { value: 'x', primary: false },
        { value: 'y', primary: true },
      ],
    ],
    [
      'a replaced element keeps its type',
      [op('replace', 'emails[type eq "work"]', { value: 'n@w.x', display: 'N' })],
      'emails.0',
      { type: 'work', value: 'n@w.x', display: 'N' },
    ],
    [
      'a remove with listed values takes only those',
      [op('Remove', 'emails', [{ $ref: null, value: 'ANN@home.net' }])],
      'emails',
      [{ type: 'work', value: 'ann@contoso.com', primary: true }],
    ],
    [
      'a remove with an empty list takes none',
      [op('remove', 'emails', [])],
      'emails.1.value',
      'ann@home.net',
    ],
    [
      'a remove listing only a type',
      [op('remove', 'emails', [{ type: 'home' }])],
      'emails.length',
      undefined,
    ],
    ['a bare remove takes all', [op('remove', 'emails')], 'emails', undefined],
    [
      'a remove with a filter',
      [op('remove', 'emails[type eq "work"]')],
      'emails',
      [{ type: 'home', value: 'ann@home.net' }],
    ],
    [
      'a remove of a sub-attribute',
      [op('remove', 'name.formatted')],
      'name',
      { givenName: 'Ann', familyName: 'Example' },
    ],
    ['a remove of what is not there', [op('remove', 'nickName')], 'nickName', undefined],
    ['empty text clears', [op('replace', 'title', '')], 'title', undefined],
    ['null clears', [op('replace', 'title', null)], 'title', undefined],
    ['an empty list clears', [op('replace', 'emails', [])], 'emails', undefined],
    [
      'an emptied value takes its label along',
      [op('replace', 'emails[type eq "work"].value', '')],
      'emails',
      [{ type: 'home', value: 'ann@home.net' }],
    ],
    [
      'clearing what nobody had makes nothing',
      [op('replace', 'phoneNumbers[type eq "work"].value', null)],
      'phoneNumbers',
      undefined,
    ],
    [
      'null clears a sub-attribute in a nested object',
      [op('replace', undefined, { name: { formatted: null } })],
      'name',
      { givenName: 'Ann', familyName: 'Example' },
    ],
    ['an extension is taken away by its URN', [op('remove', ENT)], 'schemas', [CORE]],
    [
      'the last one wins',
      [op('remove', 'title'), op('add', 'title', 'a'), op('replace', 'title', 'b')],
      'title',
      'b',
    ],
    [
      'id, meta and read-only names in a body are passed over',
      [
        op('replace', undefined, {
          id: 'x',
          meta: {},
          schemas: [],
          groups: [{ value: 'g' }],
          title: 'T',
        }),
      ],
      'id',
      '8c1f',
    ],
    [
      'random text stays as it is',
      [op('replace', 'timezone', '  nowhere/É ')],
      'timezone',
      '  nowhere/É ',
    ],
    [
      'a number where text belongs',
      [op('replace', `${ENT}:employeeNumber`, 7)],
      `${ENT}.employeeNumber`,
      '7',
    ],
    [
      'simple values of a list',
      [op('add', `${CUSTOM}:tags`, ['a', 'b', 'a']), op('remove', `${CUSTOM}:tags[value eq "b"]`)],
      `${CUSTOM}.tags`,
      ['a'],
    ],
  ])('%s', (_title, operations, path, expected) =>
    expect(at(patched(ann(), operations).resource, path)).toEqual(expected),
  );

  test('what is changed below a URN names its schema', () => {
    expect(patched(ann(), [op('add', `${CUSTOM}:badge`, 'x')]).resource.schemas).toEqual([
      CORE,
      ENT,
      CUSTOM,
    ]);
  });
});

describe('what changes nothing', () => {
  test.each<[string, Json[]]>([
    ['no operation', []],
    ['an equal value', [op('add', 'title', 'Engineer')]],
    ['an equal boolean in text', [op('replace', 'active', 'TRUE')]],
    [
      'an equal element',
      [op('add', 'emails', [{ value: 'ann@contoso.com', type: 'work', primary: true }])],
    ],
    ['an equal manager', [op('add', `${ENT}:manager`, '77aa')]],
    ['an empty list added', [op('add', 'emails', [])]],
    ['a remove of nothing', [op('remove', 'phoneNumbers[type eq "work"]')]],
    [
      'unknown attributes',
      [op('add', 'shoeSize', 4), op('add', undefined, { 'name.color': 'x', 'urn:a:b': {} })],
    ],
  ])('%s', (_title, operations) => expect(patched(ann(), operations).changed).toBe(false));
});
