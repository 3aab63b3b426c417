import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { patch, scim, memberOf, teamOf } from './outside.ts';

/** The version of a thing is the same through both doors. */
let house: House;
let entra: Provider;
let ann: string;
let bob: string;
let chess: string;
let count = 0;
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Entra' });
  ann = await entra.user('ann@contoso.com', { externalId: 'x-ann' });
  bob = (
    await house.owner.does(
      'memberInvite',
      { email: 'bob@northwind.example', givenName: 'Bob' },
      'member { id }',
    )
  )['member'].id;
  chess = (
    await house.owner.does('teamCreate', { name: 'Chess', memberIds: [bob, ann] }, 'team { id }')
  )['team'].id;
});
afterAll(() => house.close({ owed: 'anything' }));

describe('one version everywhere', () => {
  test("GraphQL's version is SCIM's ETag, before and after changes through either door", async () => {
    const id = await entra.user(`etag-${++count}@contoso.com`);
    const same = async () => {
      const [, body] = await scim(entra, 'GET', `/Users/${id}`);
      expect(body.meta.version).toBe(`W/"${(await memberOf(house.owner, id, 'version')).version}"`);
      return body.meta.version as string;
    };
    const first = await same();
    await patch(entra, `/Users/${id}`, { op: 'replace', path: 'title', value: 'x' });
    const second = await same();
    expect(second).not.toBe(first);
    expect(
      (
        await scim(
          entra,
          'PATCH',
          `/Users/${id}`,
          { Operations: [{ op: 'replace', path: 'title', value: 'y' }] },
          { 'if-match': first },
        )
      )[0],
    ).toBe(412);
    expect(
      (
        await scim(
          entra,
          'PATCH',
          `/Users/${id}`,
          { Operations: [{ op: 'replace', path: 'title', value: 'y' }] },
          { 'if-match': second },
        )
      )[0],
    ).toBe(200);
    await house.owner.does('memberLockRole', { id });
    await same();
    expect(
      (
        await house.owner.does('teamUpdate', {
          id: chess,
          name: 'Chess club',
          expectedVersion: 'W/"99"',
        })
      ).userErrors,
    ).toMatchObject([{ code: 'STALE_VERSION', field: ['expectedVersion'] }]);
    expect(
      (
        await house.owner.does('teamUpdate', {
          id: chess,
          name: 'Chess',
          expectedVersion: (await teamOf(house.owner, chess, 'version')).version,
        })
      ).userErrors,
    ).toEqual([]);
  });
});
