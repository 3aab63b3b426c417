import { describe, expect, test } from 'vitest';
import { readProjection } from '../../../src/scim/protocol/index.ts';
import { ann, CUSTOM, ENT, groupType, refusal, userType } from './types.ts';

const projected = (attributes?: string, excludedAttributes?: string) =>
  readProjection({ attributes, excludedAttributes }, userType).project({
    ...ann(),
    [CUSTOM]: { secretHint: 'h', badge: 'b' },
  });

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
