import { describe, expect, test } from 'vitest';
import {
  assertIfMatch,
  assertScimBody,
  cursorResponse,
  isNotModified,
  isObject,
  listResponse,
  readSchema,
  sameJson,
  ScimError,
  type JsonObject,
} from '../../../src/scim/protocol/index.ts';
import { CORE, document, refusal, userType } from './types.ts';

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
