import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, type Provider } from '../support/people.ts';
import { type Body, scim } from './outside.ts';

let house: House;
let entra: Provider;
beforeAll(async () => {
  house = await openHouse();
  entra = await house.provider({ name: 'Contoso Entra' });
});
afterAll(() => house.close({ owed: 'anything' }));

describe('the inspector', () => {
  const SECRET = `muster_idp_${'0123456789abcdefghijAB'.repeat(3)}`;
  const everyLetter = (text: string) =>
    Array.from(text, each => `%${each.charCodeAt(0).toString(16)}`).join('');
  const inspected = async (query: string) => {
    const { identityProvider } = await house.owner.ask(
      'query ($id: ID!, $q: String) { identityProvider(id: $id) { requests(first: 20, filter: { query: $q }) { nodes { method path explanation requestBody } } } }',
      { id: entra.id, q: query },
    );
    return identityProvider.requests.nodes as Body[];
  };

  test.each([
    ['with escaped underscores', SECRET.replaceAll('_', '%5F')],
    ['escaped letter by letter', everyLetter(SECRET)],
    ['escaped twice', everyLetter(SECRET).replaceAll('%', '%25')],
    [
      'with JSON escapes that are escaped themselves',
      everyLetter(SECRET.replaceAll('m', '\\u006d')),
    ],
    ['with JSON escapes', encodeURIComponent(SECRET.replaceAll('_', '\\u005f'))],
  ])('keeps no secret %s, neither to read nor to find', async (_, spelled) => {
    const mark = `mark${Math.random().toString(36).slice(2)}`;
    await scim(entra, 'GET', `/Users?filter=externalId%20eq%20%22${mark}%20${spelled}%22`);
    const kept = await inspected(mark);
    expect(kept).toHaveLength(1);
    expect(kept[0].path).toContain('[removed]');
    expect(JSON.stringify(kept)).not.toContain(spelled.slice(-24));
    expect(await inspected(spelled.slice(-24))).toEqual([]);
  });

  test('says of a group that was made what became of it', async () => {
    const id = await entra.group('Made once', []);
    expect((await inspected(id)).find(({ method }) => method === 'POST').explanation).toContain(
      'Made once was made.',
    );
  });
});
