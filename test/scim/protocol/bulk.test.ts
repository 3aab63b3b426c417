import { describe, expect, test } from 'vitest';
import {
  isObject,
  readBulk,
  runBulk,
  ScimError,
  type BulkOperation,
  type Json,
  type JsonObject,
} from '../../../src/scim/protocol/index.ts';
import { refusal } from './types.ts';

const post = (bulkId: string, data: JsonObject = {}, path = '/Users'): JsonObject => ({
  method: 'POST',
  path,
  bulkId,
  data,
});

async function run(Operations: Json, more: JsonObject = {}) {
  const done: BulkOperation[] = [];
  let made = 0;
  const response = await runBulk(readBulk({ ...more, Operations }, { maxOperations: 1000 }), {
    async execute(operation, newId) {
      done.push(operation);
      if (operation.path.includes('broken') || (isObject(operation.data) && operation.data.broken))
        throw new ScimError(409, 'Taken.', 'uniqueness');
      return operation.method === 'POST'
        ? {
            status: 201,
            id:
              isObject(operation.data) && operation.data.found
                ? 'found'
                : (newId ?? `id-${operation.bulkId}`),
            location: `https://x/Users/id-${operation.bulkId}`,
          }
        : { status: operation.method === 'DELETE' ? 204 : 200 };
    },
    locationOf: path => `https://x${path}`,
    newId: () => `new-${++made}`,
    async together(work) {
      const before = done.length;
      await work().catch((error: unknown) => {
        done.length = before;
        throw error;
      });
    },
    errorOf: thrown => (thrown instanceof ScimError ? thrown : new ScimError(500, 'Failed.')),
  });
  const answers = response.Operations as JsonObject[];
  return { done, answers, statuses: answers.map(each => each.status) };
}

describe('bulk', () => {
  test('each operation has its answer, in the order of the request', async () => {
    const { answers } = await run([
      post('a'),
      { method: 'delete', path: 'Users/1/' },
      { method: 'PATCH', path: '/Users/broken', data: {} },
    ]);
    expect(answers).toEqual([
      { method: 'POST', bulkId: 'a', location: 'https://x/Users/id-a', status: '201' },
      { method: 'DELETE', status: '204' },
      {
        method: 'PATCH',
        location: 'https://x/Users/broken',
        status: '409',
        response: new ScimError(409, 'Taken.', 'uniqueness').body(),
      },
    ]);
  });
  test('a reference may point forward, in data and in the path', async () => {
    const { done, statuses } = await run([
      post('g', { members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }] }, '/Groups'),
      { method: 'PUT', path: '/Users/bulkId:b', data: { x: 'bulkId:g' } },
      post('a'),
      post('b'),
    ]);
    expect(done.map(each => each.bulkId ?? each.path)).toEqual(['a', 'b', 'g', '/Users/id-b']);
    expect(done[2]?.data).toEqual({ members: [{ value: 'id-a' }, { value: 'id-b' }] });
    expect(done[3]?.data).toEqual({ x: 'id-g' });
    expect(statuses).toEqual(['201', '200', '201', '201']);
  });
  test('circles are done together, with ids known beforehand: Users, then Groups, then what changes them', async () => {
    const { done, statuses } = await run([
      { method: 'PATCH', path: '/Users/bulkId:a', bulkId: 'p', data: { r: 'bulkId:g' } },
      post('g', { members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }] }, '/Groups'),
      post('a', { r: 'bulkId:b' }),
      post('b', { r: 'bulkId:a', s: 'bulkId:p' }),
      post('c', { r: 'bulkId:a' }),
      post('d'),
      post('e', { r: 'bulkId:e' }),
    ]);
    expect(statuses).toEqual(['200', '201', '201', '201', '201', '201', '201']);
    expect(done.map(({ bulkId, path, data }) => [bulkId, path, data])).toEqual([
      ['a', '/Users', { r: 'new-3' }],
      ['b', '/Users', { r: 'new-2', s: 'new-2' }],
      ['g', '/Groups', { members: [{ value: 'new-2' }, { value: 'new-3' }] }],
      ['p', '/Users/new-2', { r: 'new-1' }],
      ['c', '/Users', { r: 'new-2' }],
      ['d', '/Users', {}],
      ['e', '/Users', { r: 'new-4' }],
    ]);
  });
  test('of a circle in which one fails nothing remains, and what refers to it fails', async () => {
    const { done, statuses } = await run([
      post('a', { r: 'bulkId:b' }),
      post('b', { r: 'bulkId:a', broken: true }),
      post('c', { r: 'bulkId:a' }),
      post('d'),
    ]);
    expect(statuses).toEqual(['409', '409', '400', '201']);
    expect(done.map(({ bulkId }) => bulkId)).toEqual(['d']);
  });
  test('a circle is done again with the ids of what was found instead of made', async () => {
    const { done, statuses } = await run([
      post('a', { r: 'bulkId:b' }),
      post('b', { r: 'bulkId:a', found: true }),
    ]);
    expect(statuses).toEqual(['201', '201']);
    expect(done.map(({ data }) => isObject(data) && data.r)).toEqual(['found', 'new-1']);
  });
  test('what refers to a failure or to nothing fails', async () => {
    expect(
      (
        await run([
          post('a', { broken: true }),
          post('b', { r: 'bulkId:a' }),
          post('c', { r: 'bulkId:zz' }),
        ])
      ).statuses,
    ).toEqual(['409', '400', '400']);
  });
  test('after failOnErrors errors the rest is left', async () => {
    const operations = [
      post('a', { broken: true }),
      post('b'),
      post('c', { broken: true }),
      post('d'),
    ];
    expect((await run(operations, { failOnErrors: 1 })).statuses).toEqual(['409']);
    expect((await run(operations, { failOnErrors: 2 })).statuses).toEqual(['409', '201', '409']);
    expect((await run(operations)).statuses).toEqual(['409', '201', '409', '201']);
  });
  test('what is wrong in itself harms no other', async () => {
    const { statuses, done } = await run([
      { method: 'GET', path: '/Users/1' },
      { method: 'POST', path: '/Users', data: {} },
      post('a', {}, '/Users/1'),
      { method: 'PUT', path: '/Users', data: {} },
      { method: 'PATCH', path: '/Users/1' },
      post('x'),
      post('x'),
      { method: 'DELETE', path: '/Users/1?x=y' },
    ]);
    expect(statuses).toEqual(['400', '400', '400', '400', '400', '201', '400', '400']);
    expect(done).toHaveLength(1);
  });
  test('a chain of a thousand is no problem', async () => {
    const chain = Array.from({ length: 1000 }, (_, n) =>
      post(`${n}`, n < 999 ? { r: `bulkId:${n + 1}` } : {}),
    );
    expect(new Set((await run(chain)).statuses)).toEqual(new Set(['201']));
  });
  test('data nested without end is refused by itself', async () => {
    let deep: Json = 'bulkId:a';
    for (let n = 0; n < 5000; n += 1) deep = [deep];
    expect((await run([post('a'), post('b', { deep })])).statuses).toEqual(['201', '400']);
  });
  test('more than maxOperations is 413', () => {
    expect(
      refusal(() => readBulk({ Operations: [post('a'), post('b')] }, { maxOperations: 1 })),
    ).toBe(413);
  });
  test.each<[string, unknown]>([
    ['text', 'x'],
    ['no operations', {}],
    ['an operation that is text', { Operations: ['x'] }],
    ['another schema', { schemas: ['urn:x'], Operations: [] }],
  ])('%s is refused', (_title, body) => {
    expect(refusal(() => readBulk(body, { maxOperations: 1000 }))).toBe('invalidSyntax');
  });
});
