import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  openCursor,
  readQuery,
  readSearchRequest,
  sealCursor,
  type CursorSeal,
} from '../../../src/scim/protocol/index.ts';
import { ENT, refusal, userType } from './types.ts';

const limits = { defaultPageSize: 100, maxPageSize: 500 };
const query = (text: string) => readQuery(new URLSearchParams(text), userType, limits);

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
