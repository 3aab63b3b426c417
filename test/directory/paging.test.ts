import { beforeAll, describe, expect, test } from 'vitest';
import {
  type MemberCondition,
  type MemberOrder,
  type MemberRow,
  type Page,
  type PageRequest,
  Refusal,
} from '../../src/directory/index.ts';
import { type Company, stage } from '../support/company.ts';
import { addMembers } from '../support/crowd.ts';

const on = stage();
let company: Company;
let names: string[];

beforeAll(async () => {
  company = await on.company();
  names = await addMembers(company.system, 23, at => ({
    user_name: `crowd-${String((at * 7) % 23).padStart(2, '0')}@example.com`,
    email: at % 3 === 0 ? null : `${at % 2 === 0 ? 'B' : 'a'}${at % 5}@example.com`,
    display_name: `Name ${at % 4}`,
    origin: 'SCIM', // providers may repeat an address
  }));
});

const crowd: MemberCondition = { field: 'userName', op: 'startsWith', value: 'CROWD-' };
const orders: Record<string, MemberOrder[] | undefined> = {
  'the order of creation': undefined,
  'the order of creation, newest first': [{ by: 'createdAt', direction: 'desc' }],
  'a name that many share': [{ by: 'displayName' }],
  'a name that many share, downwards': [{ by: 'displayName', direction: 'desc' }],
  'an address that some lack': [{ by: 'email' }],
  'an address that some lack, downwards': [{ by: 'email', direction: 'desc' }],
  'two things in different directions': [
    { by: 'displayName', direction: 'desc' },
    { by: 'email', direction: 'asc' },
  ],
  'two things, the first downwards and lacking': [
    { by: 'email', direction: 'desc' },
    { by: 'userName', direction: 'asc' },
  ],
  'the rank of the role': [{ by: 'role' }, { by: 'userName', direction: 'desc' }],
  'the time of the last change': [{ by: 'updatedAt', direction: 'desc' }],
};

const page = (
  request: PageRequest & { orderBy?: MemberOrder[] | undefined },
  where: MemberCondition = crowd,
) => company.admin.members.page({ where, ...request });
const ids = ({ items }: Page<MemberRow>) => items.map(({ row }) => row.id);

async function walk(
  orderBy: MemberOrder[] | undefined,
  size: number,
  towards: 'after' | 'before',
): Promise<string[]> {
  const seen: string[] = [];
  for (let at: string | undefined, more = true; more;) {
    const found: Page<MemberRow> = await page({
      orderBy,
      ...(towards === 'after' ? { first: size, after: at } : { last: size, before: at }),
    });
    seen.splice(towards === 'after' ? seen.length : 0, 0, ...ids(found));
    more = towards === 'after' ? found.hasNextPage : found.hasPreviousPage;
    at = (towards === 'after' ? found.items.at(-1) : found.items[0])?.cursor;
  }
  return seen;
}

describe('a walk meets everybody once, forwards and backwards, in', () => {
  test.each(Object.entries(orders))('%s', async (_name, orderBy) => {
    const whole = ids(await page({ first: 100, orderBy }));
    expect(new Set(whole).size).toBe(names.length);
    expect(await walk(orderBy, 4, 'after')).toEqual(whole);
    expect(await walk(orderBy, 4, 'before')).toEqual(whole);
  });
});

test('those without a value come last, and first when the order is turned round', async () => {
  const up = (await page({ first: 100, orderBy: [{ by: 'email' }] })).items.map(
    ({ row }) => row.email?.toLowerCase() ?? null,
  );
  const known = up.filter(email => email !== null);
  expect(up).toEqual([...known.toSorted(), ...up.filter(email => email === null)]);
  const down = (
    await page({ first: 100, orderBy: [{ by: 'email', direction: 'desc' }] })
  ).items.map(({ row }) => row.email?.toLowerCase() ?? null);
  expect(down).toEqual(up.toReversed());
});

test('somebody who joins meanwhile moves nobody to another page', async () => {
  const first = await page({ first: 5, orderBy: [{ by: 'userName' }] });
  await addMembers(company.system, 1, () => ({
    user_name: 'crowd-000-in-front@example.com',
    email: null,
    display_name: 'Newcomer',
  }));
  const second = await page({
    first: 5,
    after: first.items.at(-1)!.cursor,
    orderBy: [{ by: 'userName' }],
  });
  expect(second.items.map(({ row }) => row.userName)).toEqual(
    [5, 6, 7, 8, 9].map(at => `crowd-0${at}@example.com`),
  );
  expect(second.hasPreviousPage).toBe(true);
});

test('a page lies between two cursors when both are given', async () => {
  const all = (await page({ first: 100 })).items;
  const between = await page({ first: 100, after: all[3]!.cursor, before: all[9]!.cursor });
  expect(ids(between)).toEqual(all.slice(4, 9).map(({ row }) => row.id));
});

test('a page of nobody still tells whether there is anybody', async () => {
  expect(await page({ first: 0 })).toMatchObject({ items: [], hasNextPage: true });
});

test('counting asks the same question', async () => {
  expect(await company.admin.members.count(crowd)).toBe((await page({ first: 500 })).items.length);
});

describe('is refused where it stands:', () => {
  const refusals: [string, () => Promise<PageRequest>, string][] = [
    ['a page larger than 500', async () => ({ first: 501 }), 'first'],
    ['a page of minus one', async () => ({ last: -1 }), 'last'],
    ['the first and the last ones at once', async () => ({ first: 1, last: 1 }), 'last'],
    ['a cursor that is none', async () => ({ first: 1, after: 'nonsense' }), 'after'],
    [
      'a cursor with a foreign value',
      async () => ({ first: 1, after: Buffer.from('["id","no-uuid"]').toString('base64url') }),
      'after',
    ],
    [
      'a cursor with a NUL',
      async () => ({ first: 1, before: Buffer.from('["id","\\u0000"]').toString('base64url') }),
      'before',
    ],
    [
      'a cursor of another order',
      async () => ({
        first: 1,
        after: (await page({ first: 1, orderBy: [{ by: 'email' }] })).items[0]!.cursor,
      }),
      'after',
    ],
  ];
  test.each(refusals)('%s', async (_name, request, field) => {
    const asked = await request();
    const refusal = await (async () => page(asked))().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code: 'invalid', facts: { field: [field] } });
  });
});

test('teams are sorted by how many are in them', async () => {
  const sizes = (
    await company.admin.teams.page({ orderBy: [{ by: 'memberCount', direction: 'desc' }] })
  ).items.map(({ row }) => (row as unknown as { memberCount: number }).memberCount);
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
});
