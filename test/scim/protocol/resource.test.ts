import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replaceResource, sameJson, type JsonObject } from '../../../src/scim/protocol/index.ts';
import { ann, at, CORE, CUSTOM, ENT, GRP, groupType, posted, refusal, userType } from './types.ts';

const body = (more: JsonObject): JsonObject => ({
  schemas: [CORE],
  userName: 'ann@contoso.com',
  ...more,
});

describe('what is read from a posted body', () => {
  test.each<[string, JsonObject, string, unknown]>([
    [
      'nulls and empty lists are absent',
      { addresses: null, title: null, roles: [], emails: null },
      'roles',
      undefined,
    ],
    ['active as text', { active: 'True' }, 'active', true],
    [
      'a primary as text',
      { roles: [{ primary: 'True', value: 'x' }] },
      'roles',
      [{ primary: true, value: 'x' }],
    ],
    ['manager as text', { [ENT]: { manager: 'm' } }, `${ENT}.manager`, { value: 'm' }],
    [
      'manager as an object with null',
      { [ENT]: { manager: { value: 'm', $ref: null } } },
      `${ENT}.manager`,
      { value: 'm' },
    ],
    [
      'manager empty',
      { [ENT]: { manager: { value: '' }, department: 'D' } },
      ENT,
      { department: 'D' },
    ],
    [
      'a URN with a slip',
      { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User': { department: 'D' } },
      `${ENT}.department`,
      'D',
    ],
    [
      'a URN in another case',
      { [ENT.toUpperCase()]: { DEPARTMENT: 'D' } },
      `${ENT}.department`,
      'D',
    ],
    [
      'names in another case',
      { DisplayName: 'A', NAME: { GivenName: 'B' } },
      'name.givenName',
      'B',
    ],
    ['dotted keys', { 'name.givenName': 'B' }, 'name', { givenName: 'B' }],
    ['colon keys', { [`${ENT}:department`]: 'D' }, `${ENT}.department`, 'D'],
    [
      'a registered extension',
      { [CUSTOM]: { badge: 'b', floor: '3' } },
      CUSTOM,
      { badge: 'b', floor: 3 },
    ],
    ['an unregistered extension', { 'urn:a:b:c': { x: 1 } }, 'urn:a:b:c', undefined],
    ['what only the server says', { id: '', meta: {}, groups: [] }, 'id', undefined],
    [
      'random text',
      { profileUrl: ' not a url ', emails: [{ value: '@@', type: 'zz' }] },
      'profileUrl',
      ' not a url ',
    ],
    ['an extension names its schema', { [ENT]: { department: 'D' } }, 'schemas', [CORE, ENT]],
    ['what nobody knows', { shoeSize: 4, password: null, __proto__x: 1 }, 'shoeSize', undefined],
  ])('%s', (_title, more, path, expected) =>
    expect(at(posted(body(more)).resource, path)).toEqual(expected),
  );

  test('unknown names are told', () =>
    expect(posted(body({ 'shoeSize': 4, 'name': { color: 'x' }, 'urn:a:b': {} })).ignored).toEqual([
      'shoeSize',
      'name.color',
      'urn:a:b',
    ]));
  test('a body without schemas is taken for the core schema', () =>
    expect(posted({ userName: 'a' }).repairs).toEqual(['missing-schemas']));
  test('foreign schemas beside the core one do not matter', () => {
    expect(
      posted(
        { schemas: [GRP, 'http://schemas.microsoft.com/x'], displayName: 'G' },
        false,
        groupType,
      ).resource,
    ).toEqual({ schemas: [GRP], displayName: 'G' });
  });
  test('a key __proto__ reaches no prototype', () => {
    const { resource } = posted(
      JSON.parse(
        '{"userName":"a","__proto__":{"polluted":1},"name":{"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}',
      ),
    );
    expect(resource).toEqual({ schemas: [CORE], userName: 'a' });
    expect(({} as JsonObject).polluted).toBeUndefined();
  });

  test.each<[string, unknown, string, boolean?]>([
    ['text', 'x', 'invalidSyntax'],
    ['a list', [], 'invalidSyntax'],
    ['no userName', { schemas: [CORE] }, 'invalidValue'],
    ['an empty userName', { userName: '' }, 'invalidValue'],
    ['a NUL', body({ title: '\0' }), 'invalidValue'],
    ['schemas as text', { schemas: CORE, userName: 'x' }, 'invalidSyntax'],
    ['text for an address', body({ addresses: 'Oslo' }), 'invalidValue'],
    ['no schemas, when strict', { userName: 'a' }, 'invalidSyntax', false],
    ['text booleans, when strict', body({ active: 'true' }), 'invalidValue', false],
    [
      'two primaries, when strict',
      body({
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      }),
      'invalidValue',
      false,
    ],
  ])('%s is refused', (_title, document, expected, tolerant = true) =>
    expect(refusal(() => posted(document, tolerant))).toBe(expected),
  );

  test('unknown attributes are passed over even when strict', () =>
    expect(posted(body({ shoeSize: 4 }), false).ignored).toEqual(['shoeSize']));

  test('no body brings anything but a ScimError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, tolerant) => {
        refusal(() => posted(value, tolerant));
        refusal(() =>
          posted(
            {
              ...body({}),
              emails: value,
              active: value,
              name: value,
              [ENT]: value,
              roles: [value],
              title: value,
            } as JsonObject,
            tolerant,
          ),
        );
      }),
      { numRuns: 800 },
    );
  });
});

describe('what a PUT makes of a user', () => {
  const put = (more: JsonObject) => replaceResource(ann(), posted(body(more)), userType);

  test('the same body changes nothing', () => {
    expect(replaceResource(ann(), posted(ann()), userType).changed).toBe(false);
  });
  test('what is left out is cleared, what only the server says stays', () => {
    const { resource, changed } = put({});
    expect(changed).toBe(true);
    expect(
      sameJson(resource, {
        schemas: [CORE],
        id: '8c1f',
        userName: 'ann@contoso.com',
        meta: ann().meta ?? null,
      }),
    ).toBe(true);
  });
  test('a name that is given keeps the parts it does not mention', () => {
    expect(put({ name: { givenName: 'Anna' } }).resource.name).toEqual({
      givenName: 'Anna',
      familyName: 'Example',
      formatted: 'Ann Example',
    });
    expect(put({ name: { givenName: 'Anna', formatted: null } }).resource.name).toEqual({
      givenName: 'Anna',
      familyName: 'Example',
    });
  });
  test('lists are replaced', () =>
    expect(put({ emails: [{ value: 'x' }] }).resource.emails).toEqual([{ value: 'x' }]));
  test('what was set once must stay', () => {
    const marked = { ...ann(), [CUSTOM]: { birthMark: 'x' } };
    expect(
      refusal(() =>
        replaceResource(marked, posted(body({ [CUSTOM]: { birthMark: 'y' } })), userType),
      ),
    ).toBe('mutability');
    expect(replaceResource(marked, posted(body({})), userType).resource[CUSTOM]).toEqual({
      birthMark: 'x',
    });
  });
});
