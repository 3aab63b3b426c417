import { describe, expect, test } from 'vitest';
import { CORE, type Body } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

const here = scimStage();
const names = (body: Body): string[] =>
  body.Resources.map((user: { userName: string }) => user.userName);
const letters = (count: number) =>
  Array.from({ length: count }, (_, at) => `${String.fromCharCode(97 + at)}@x.example`);

async function scene(count = 12) {
  const { company, entra } = await here.scene();
  const users: Body[] = [];
  for (const [at, userName] of letters(count).entries())
    users.push(
      await entra.user(userName, {
        title: at % 2 ? 'odd' : 'even',
        nickName: count - at > 6 ? `n${count - at}` : undefined,
      }),
    );
  return { company, entra, users };
}

describe('by counting', () => {
  test('pages follow each other and the totals are true', async () => {
    const { entra } = await scene();
    const seen: string[] = [];
    for (let startIndex = 1; ; startIndex = seen.length + 1) {
      const { body } = await entra.get(`/Users?startIndex=${startIndex}&count=5`);
      expect(body).toMatchObject({
        startIndex,
        totalResults: 12,
        itemsPerPage: body.Resources.length,
      });
      seen.push(...names(body));
      if (seen.length >= body.totalResults) break;
    }
    expect(seen).toEqual(letters(12));
  });

  test.each([
    ['startIndex=0&count=2', 1, 2, 12],
    ['startIndex=-7&count=1', 1, 1, 12],
    ['count=0', 1, 0, 12],
    ['count=-3', 1, 0, 12],
    ['startIndex=12&count=5', 12, 1, 12],
    ['startIndex=13', 13, 0, 12],
    ['startIndex=500&count=5', 500, 0, 12],
    ['count=9999', 1, 12, 12],
    ['', 1, 12, 12],
    ['startIndex=7&count=3', 7, 3, 12],
    ['filter=title%20eq%20%22odd%22&count=2&startIndex=3', 3, 2, 6],
  ])('%s', async (query, startIndex, itemsPerPage, totalResults) => {
    const { entra } = await scene();
    expect((await entra.get(`/Users?${query}`)).body).toMatchObject({
      startIndex,
      itemsPerPage,
      totalResults,
    });
  });

  test('totals are right after a create and a delete in the middle of a walk, and nobody is passed over', async () => {
    const { entra, users } = await scene(8);
    expect(names((await entra.get('/Users?startIndex=1&count=3')).body)).toEqual(letters(3));
    await entra.delete(`/Users/${users[0].id}`);
    await entra.user('z@x.example');
    const { body } = await entra.get('/Users?startIndex=4&count=3');
    expect(names(body)).toEqual(['d@x.example', 'e@x.example', 'f@x.example']);
    expect(body.totalResults).toBe(8);
    // Somebody else who asks for another place gets it as it is now.
    expect(names((await entra.get('/Users?startIndex=5&count=2')).body)).toEqual([
      'f@x.example',
      'g@x.example',
    ]);
  });

  test('a page in the middle may come first', async () => {
    const { entra } = await scene();
    expect(names((await entra.get('/Users?startIndex=8&count=2')).body)).toEqual([
      'h@x.example',
      'i@x.example',
    ]);
    expect(names((await entra.get('/Users?startIndex=11&count=2')).body)).toEqual([
      'k@x.example',
      'l@x.example',
    ]);
  });
});

describe('by cursor', () => {
  test('from the first page to the last and back', async () => {
    const { entra } = await scene();
    let page = (await entra.get('/Users?cursor&count=5')).body;
    expect(page).toMatchObject({ totalResults: 12, itemsPerPage: 5 });
    expect(page.previousCursor).toBeUndefined();
    const seen = [names(page)];
    while (page.nextCursor) {
      expect(page.nextCursor).toMatch(/^[\w-]+$/);
      page = (await entra.get(`/Users?cursor=${page.nextCursor}`)).body;
      seen.push(names(page));
    }
    expect(seen.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(seen.flat()).toEqual(letters(12));
    const back = (await entra.get(`/Users?cursor=${page.previousCursor}&count=5`)).body;
    expect(names(back)).toEqual(seen[1]);
    expect(names((await entra.get(`/Users?cursor=${back.previousCursor}`)).body)).toEqual(seen[0]);
  });

  test('a cursor is good for one question of one provider', async () => {
    const { company, entra } = await scene();
    const {
      body: { nextCursor },
    } = await entra.get('/Users?cursor=&count=2&filter=title%20eq%20%22odd%22');
    const other = await company.owner.identityProviders.create({ name: 'Other', kind: 'SCIM' });
    const asked = async (query: string, client = entra) =>
      (await client.get(`/Users?${query}`)).body.scimType;
    expect(await asked(`cursor=${nextCursor}`)).toBe('invalidCursor');
    expect(await asked(`cursor=${nextCursor}&filter=title%20eq%20%22even%22`)).toBe(
      'invalidCursor',
    );
    expect(await asked(`cursor=${nextCursor}&filter=title%20eq%20%22odd%22&count=3`)).toBe(
      'invalidCount',
    );
    expect(
      await asked(
        `cursor=${nextCursor}&filter=title%20eq%20%22odd%22`,
        entra.as(other.secretToken!, other.provider.id),
      ),
    ).toBe('invalidCursor');
    expect(await asked(`cursor=${nextCursor}&filter=title%20eq%20%22odd%22`)).toBeUndefined();
    expect(
      (await entra.post('/Users/.search', { filter: 'title eq "odd"', cursor: nextCursor })).body
        .itemsPerPage,
    ).toBe(2);
  });
});

describe('sorted', () => {
  test.each([
    ['sortBy=userName&sortOrder=descending', letters(12).toReversed()],
    [
      'sortBy=title',
      [...letters(12).filter((_, at) => at % 2 === 0), ...letters(12).filter((_, at) => at % 2)],
    ],
    [
      'sortBy=nickName',
      ['c', 'b', 'a', 'f', 'e', 'd', 'g', 'h', 'i', 'j', 'k', 'l'].map(
        letter => `${letter}@x.example`,
      ),
    ],
    [
      'sortBy=nickName&sortOrder=descending',
      ['l', 'k', 'j', 'i', 'h', 'g', 'd', 'e', 'f', 'a', 'b', 'c'].map(
        letter => `${letter}@x.example`,
      ),
    ],
    ['sortBy=meta.created&sortOrder=descending', letters(12).toReversed()],
    ['sortBy=id', letters(12)],
    ['sortBy=emails', letters(12)],
  ])('%s', async (query, order) => {
    const { entra } = await scene();
    const whole = names((await entra.get(`/Users?${query}`)).body);
    expect(whole).toEqual(order);
    const paged = [1, 5, 9].map(startIndex =>
      entra.get(`/Users?${query}&startIndex=${startIndex}&count=4`),
    );
    expect((await Promise.all(paged)).flatMap(({ body }) => names(body))).toEqual(order);
  });

  test('by names without case, by active, and Groups', async () => {
    const { entra } = await here.scene();
    await entra.user('1@x.example', { name: { givenName: 'bea' }, active: false });
    await entra.user('2@x.example', { name: { givenName: 'Cy' } });
    await entra.user('3@x.example', { name: { givenName: 'Ann' } });
    expect(names((await entra.get('/Users?sortBy=name.givenName&count=2')).body)).toEqual([
      '3@x.example',
      '1@x.example',
    ]);
    expect(
      names((await entra.get('/Users?sortBy=name.givenName&count=2&startIndex=3')).body),
    ).toEqual(['2@x.example']);
    expect(names((await entra.get('/Users?sortBy=active')).body)[0]).toBe('1@x.example');
    for (const name of ['b', 'C', 'a']) await entra.group(name);
    expect(
      (await entra.get('/Groups?sortBy=displayName&sortOrder=descending')).body.Resources.map(
        (group: Body) => group.displayName,
      ),
    ).toEqual(['C', 'b', 'a']);
  });
});

describe('projected', () => {
  test('what was asked for, and what is always there', async () => {
    const { entra } = await here.scene();
    const { id } = await entra.user('ann@x.example', {
      name: { givenName: 'Ann', familyName: 'B' },
      title: 'x',
      emails: [{ value: 'a@x', type: 'work' }],
    });
    const keys = async (path: string) => Object.keys((await entra.get(path)).body).toSorted();
    expect(await keys(`/Users/${id}?attributes=userName`)).toEqual(['id', 'schemas', 'userName']);
    expect(
      (await entra.get(`/Users/${id}?attributes=name.givenName,${CORE}:title`)).body,
    ).toMatchObject({ name: { givenName: 'Ann' }, title: 'x' });
    expect(await keys(`/Users/${id}?attributes=`)).toContain('meta');
    expect(await keys(`/Users/${id}?excludedAttributes=emails,meta,id`)).toEqual([
      'active',
      'id',
      'name',
      'schemas',
      'title',
      'userName',
    ]);
    expect(
      Object.keys(
        (await entra.post('/Users?attributes=id', { schemas: [CORE], userName: 'b@x.example' }))
          .body,
      ).toSorted(),
    ).toEqual(['id', 'schemas']);
  });
});
