import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';
import { Provider } from '../support/provider.ts';
import type { Wire } from '../support/person.ts';

let house: House;
let beside: House;
beforeAll(async () => {
  house = await openHouse();
  beside = await openHouse({ beside: house });
});
afterAll(async () => {
  await beside.close({ owed: 'anything' });
  await house.close({ owed: 'anything' });
});

let providers = 0;
async function scene(count: number) {
  const provider = await house.provider({ name: `Walked ${++providers}`, kind: 'SCIM' });
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push(
      await provider.user(`w${providers}.${String(at).padStart(2, '0')}@x.example`, {
        nickName: at % 3 ? `n${at % 4}` : null,
        externalId: at % 2 ? `e${at}` : null,
      }),
    );
  const list = async (query: string): Promise<Wire> =>
    (await provider.scim('GET', `/Users?${query}`)).body;
  const elsewhere = new Provider(
    provider.id,
    provider.tenantUrl.replace(house.origin, beside.origin),
    provider.secret,
  );
  return { provider, ids, list, elsewhere };
}
const idsIn = ({ Resources }: Wire): string[] => Resources.map(({ id }: { id: string }) => id);

test('a total counts what another process did since the page before', async () => {
  const { list, elsewhere } = await scene(12);
  expect((await list('startIndex=1&count=5')).totalResults).toBe(12);
  const newcomer = await elsewhere.user('newcomer@x.example');
  expect((await list('startIndex=6&count=5')).totalResults).toBe(13);
  await elsewhere.scim('DELETE', `/Users/${newcomer}`);
  expect((await list('startIndex=6&count=5')).totalResults).toBe(12);
});

test.each([
  '',
  '&sortBy=userName',
  '&sortBy=nickName',
  '&sortBy=externalId&sortOrder=descending',
  `&filter=${encodeURIComponent('userName sw "w"')}`,
])(
  'who walks until the total is reached meets everybody once, whoever comes and goes (%s)',
  async query => {
    const { provider, ids, list } = await scene(11);
    const seen: string[] = [];
    for (let pages = 0; pages < 10; pages++) {
      const page = await list(`startIndex=${seen.length + 1}&count=5${query}`);
      seen.push(...idsIn(page));
      if (seen.length >= page.totalResults) break;
      if (pages === 0) await provider.scim('DELETE', `/Users/${seen[1]}`);
      if (pages === 1)
        await provider.user(`a${providers}@x.example`, { nickName: 'a', externalId: 'zz' });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(ids.filter(id => !seen.includes(id))).toEqual([]);
  },
);

test('behind the last page there is nobody, and who comes later is found there', async () => {
  const { provider, list } = await scene(7);
  for (const startIndex of [1, 6]) await list(`startIndex=${startIndex}&count=5`);
  expect(await list('startIndex=8&count=5')).toMatchObject({
    totalResults: 7,
    startIndex: 8,
    itemsPerPage: 0,
    Resources: [],
  });
  const late = await provider.user('late@x.example');
  expect(idsIn(await list('startIndex=8&count=5'))).toEqual([late]);
});
