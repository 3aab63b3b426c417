import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertIfMatch,
  assertScimBody,
  cursorResponse,
  isNotModified,
  isObject,
  listResponse,
  openCursor,
  readProjection,
  readQuery,
  readSearchRequest,
  readSchema,
  sameJson,
  sealCursor,
  ScimError,
  type CursorSeal,
  type JsonObject,
} from '../../../src/scim/protocol/index.ts';
import { ann, CORE, CUSTOM, document, ENT, groupType, refusal, userType } from './types.ts';

const limits = { defaultPageSize: 100, maxPageSize: 500 };
const projected = (attributes?: string, excludedAttributes?: string) =>
  readProjection({ attributes, excludedAttributes }, userType).project({
    ...ann(),
    [CUSTOM]: { secretHint: 'h', badge: 'b' },
  });
const query = (text: string) => readQuery(new URLSearchParams(text), userType, limits);

describe('which attributes leave', () => {
  test('without a wish all but those returned on request', () =>
    expect(projected()).toEqual({ ...ann(), [CUSTOM]: { badge: 'b' } }));
  test('an empty wish is no restriction', () => expect(projected('', ' , ')).toEqual(projected()));
  test('only what is asked, and what always leaves', () =>
    expect(projected('USERNAME, name.givenName')).toEqual({
      schemas: ann().schemas,
      id: '8c1f',
      userName: 'ann@contoso.com',
      name: { givenName: 'Ann' },
    }));
  test('parts of each element', () =>
    expect(projected('emails.value')).toMatchObject({
      emails: [{ value: 'ann@contoso.com' }, { value: 'ann@home.net' }],
    }));
  test('a whole extension by its URN', () =>
    expect(projected(ENT)).toEqual({ schemas: ann().schemas, id: '8c1f', [ENT]: ann()[ENT] }));
  test('one attribute of an extension, by URN or bare name', () => {
    expect(projected(`${ENT}:department`)[ENT]).toEqual({ department: 'R&D' });
    expect(projected('department')[ENT]).toEqual({ department: 'R&D' });
  });
  test('what is returned on request', () =>
    expect(projected(`${CUSTOM}:secretHint`)[CUSTOM]).toEqual({ secretHint: 'h' }));
  test('all but what is excluded', () => {
    const left = projected(undefined, `emails,name.formatted,id,${ENT}`);
    expect(left).toMatchObject({ id: '8c1f', name: { givenName: 'Ann', familyName: 'Example' } });
    expect(Object.keys(left)).not.toContain('emails');
    expect(Object.keys(left)).not.toContain(ENT);
  });
  test('an unknown name asks for nothing', () =>
    expect(projected('shoeSize,__proto__')).toEqual({ schemas: ann().schemas, id: '8c1f' }));
  test('both wishes at once are refused', () =>
    expect(refusal(() => projected('id', 'emails'))).toBe('invalidValue'));
  test('members are known to be unwanted before they are read', () => {
    expect(readProjection({ excludedAttributes: 'Members' }, groupType).wants('members')).toBe(
      false,
    );
    expect(readProjection({ attributes: 'displayName' }, groupType).wants('members')).toBe(false);
    expect(readProjection({ attributes: 'members.value' }, groupType).wants('members')).toBe(true);
    expect(
      readProjection({ excludedAttributes: 'members.display' }, groupType).wants('members'),
    ).toBe(true);
    expect(
      readProjection({ excludedAttributes: 'members.display' }, groupType).wants('members.display'),
    ).toBe(false);
    expect(readProjection({}, groupType).wants('members')).toBe(true);
  });
});

describe('what a list request asks', () => {
  test.each<[string, object]>([
    ['', { kind: 'index', startIndex: 1, count: 100 }],
    ['startIndex=0&count=-3', { kind: 'index', startIndex: 1, count: 0 }],
    ['startIndex=7&count=9999', { kind: 'index', startIndex: 7, count: 500 }],
    ['startIndex=-5&count=0', { kind: 'index', startIndex: 1, count: 0 }],
    ['startIndex=&count=', { kind: 'index', startIndex: 1, count: 100 }],
    ['cursor&count=10', { kind: 'cursor', cursor: '', count: 10 }],
    ['cursor=abc', { kind: 'cursor', cursor: 'abc', count: undefined }],
    ['aadOptscim062020&foo=bar', { kind: 'index', startIndex: 1, count: 100 }],
  ])('page of ?%s', (text, page) => expect(query(text).page).toEqual(page));

  test.each([
    ['count=many', 'invalidValue'],
    ['startIndex=1.5', 'invalidValue'],
    ['cursor&count=501', 'invalidCount'],
    ['cursor&count=-1', 'invalidCount'],
    ['sortBy=shoeSize', 'invalidValue'],
    ['sortBy=name', 'invalidValue'],
    ['sortBy=title&sortOrder=up', 'invalidValue'],
    ['filter=a', 'invalidFilter'],
  ])('?%s is refused', (text, expected) => expect(refusal(() => query(text))).toBe(expected));

  test('a plus is a blank, as clients encode it', () =>
    expect(query('filter=userName+eq+%22a%2Bb%40c.d%22').filter).toMatchObject({
      kind: 'compare',
      value: 'a+b@c.d',
    }));
  test('an empty filter is none', () => expect(query('filter=+').filter).toBeUndefined());
  test('sorting by a complex attribute means its value', () => {
    expect(query('sortBy=EMAILS&sortOrder=Descending').sort).toMatchObject({
      by: { path: 'emails.value' },
      descending: true,
    });
    expect(query(`sortBy=${ENT}:department`).sort).toMatchObject({
      by: { path: `${ENT}:department`, extension: true },
      descending: false,
    });
  });
  test('a search body asks the same', () => {
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'title pr',
      sortBy: 'title',
      startIndex: 2,
      count: 3,
      attributes: ['title', 'id'],
    };
    const [one, other] = [
      readSearchRequest(body, userType, limits),
      query('filter=title+PR&sortBy=title&startIndex=2&count=3&attributes=title,id'),
    ];
    expect([one.filter, one.sort, one.page, one.fingerprint]).toEqual([
      other.filter,
      other.sort,
      other.page,
      other.fingerprint,
    ]);
    expect(refusal(() => readSearchRequest({ schemas: ['urn:x'] }, userType, limits))).toBe(
      'invalidSyntax',
    );
    expect(refusal(() => readSearchRequest({ filter: {} }, userType, limits))).toBe('invalidValue');
  });
});

describe('cursors', () => {
  const seal: CursorSeal = { key: 'k', scope: 'tenant 1', fingerprint: 'q', now: 1_000 };
  const cursor = sealCursor({ position: ['ann', 7], count: 10 }, seal, 60);
  test('come back as they went', () =>
    expect(openCursor(cursor, seal, 10)).toEqual({ position: ['ann', 7], count: 10 }));
  test('are safe in an address and show nothing', () => {
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('ann');
  });
  test.each<[string, () => unknown, string]>([
    ['another question', () => openCursor(cursor, { ...seal, fingerprint: 'r' }), 'invalidCursor'],
    ['another tenant', () => openCursor(cursor, { ...seal, scope: 'tenant 2' }), 'invalidCursor'],
    ['another key', () => openCursor(cursor, { ...seal, key: 'l' }), 'invalidCursor'],
    ['one changed character', () => openCursor(`${cursor.slice(0, -3)}AAA`, seal), 'invalidCursor'],
    ['random text', () => openCursor('hello', seal), 'invalidCursor'],
    ['another count', () => openCursor(cursor, seal, 11), 'invalidCount'],
    ['too late', () => openCursor(cursor, { ...seal, now: 61_000 }), 'expiredCursor'],
  ])('%s is refused', (_title, work, expected) => expect(refusal(work)).toBe(expected));
  test('no text brings anything but a ScimError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(refusal(() => openCursor(text, seal))).toBe('invalidCursor');
      }),
    );
  });
});

describe('the shape of answers', () => {
  test('nothing found is an empty list', () => {
    expect(listResponse({ resources: [], totalResults: 0, startIndex: 1 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
  });
  test('the last page has no next cursor', () =>
    expect(Object.keys(cursorResponse({ resources: [], previousCursor: 'p' }))).toEqual([
      'schemas',
      'itemsPerPage',
      'previousCursor',
      'Resources',
    ]));
  test('an error says its status as text', () => {
    expect(new ScimError(409, 'Taken.', 'uniqueness').body()).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: 'Taken.',
    });
    expect(Object.keys(new ScimError(404, 'Gone.').body())).toEqual([
      'schemas',
      'status',
      'detail',
    ]);
  });
  test.each([
    ['W/"3"', true],
    ['"3"', true],
    ['"1", W/"3"', true],
    ['*', true],
    ['"4"', false],
    ['3', true],
    ['W/"v3"', true],
    ['"v3"', true],
    ['W/"v4"', false],
    ['W/"3v"', false],
  ])('the tag %s', (header, same) => {
    expect(isNotModified(header, 'W/"v3"')).toBe(same);
    expect(refusal(() => assertIfMatch(header, 'W/"v3"'))).toBe(same ? undefined : 412);
  });
  test('no tag is no condition', () => {
    expect(isNotModified(undefined, 'W/"v3"')).toBe(false);
    expect(refusal(() => assertIfMatch(undefined, 'W/"v3"'))).toBeUndefined();
  });
  test.each([
    ['application/scim+json', undefined],
    ['Application/JSON; charset=UTF-8', undefined],
    ['text/plain', 415],
    [undefined, 415],
    ['application/json; charset=latin1', 415],
  ])('a body of %s', (type, expected) => {
    expect(refusal(() => assertScimBody(type))).toBe(expected);
  });
});

describe('what we promise in schema/scim', () => {
  const schemas = [
    document('User'),
    document('Group'),
    document('EnterpriseUser'),
    ...(document('Discovery') as unknown[]),
  ].map(readSchema);
  const named = (id: string) => schemas.find(each => each.id.endsWith(id));

  test('nothing is never returned, and there is no password', () => {
    const all = schemas.flatMap(schema =>
      schema.attributes.flatMap(each => [each, ...(each.subAttributes ?? [])]),
    );
    expect(all.filter(each => each.returned === 'never' || each.name === 'password')).toEqual([]);
    expect(all.every(each => each.description !== '')).toBe(true);
  });
  test('Entra ID finds what it maps', () => {
    const type = (name: string) =>
      named(':User')
        ?.attributes.find(each => each.name === name)
        ?.subAttributes?.find(each => each.name === 'type')?.canonicalValues;
    expect(
      ['emails', 'phoneNumbers', 'addresses', 'ims'].every(name => type(name) !== undefined),
    ).toBe(true);
    expect(type('roles')).toBeUndefined();
    expect(named(':User')?.attributes.find(each => each.name === 'profileUrl')?.type).toBe(
      'string',
    );
    expect(
      [named(':User'), named(':Group')].every(schema =>
        schema?.attributes.some(each => each.name === 'externalId'),
      ),
    ).toBe(true);
  });
  test.each([
    ['ServiceProviderConfig', document('ServiceProviderConfig')],
    ['ResourceType', (document('ResourceTypes') as unknown[])[0]],
    ['Schema', document('User')],
  ])('every field of %s is declared', (name, sample) => {
    const declared = named(`:${name}`)?.attributes ?? [];
    const unknown = (
      value: unknown,
      attributes: readonly { name: string; subAttributes?: typeof declared }[],
    ): string[] =>
      [value].flat().flatMap(each =>
        (isObject(each) ? Object.keys(each) : []).flatMap(key => {
          const attribute = attributes.find(one => one.name === key);
          return attribute
            ? unknown((each as JsonObject)[key], attribute.subAttributes ?? [])
            : [key];
        }),
      );
    expect(unknown(sample, declared).filter(key => !['schemas', 'meta'].includes(key))).toEqual([]);
  });
  test('equality ignores the order of names, not of lists', () => {
    expect(sameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(CORE).toBe(userType.core.id);
  });
});
