import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

interface Sent {
  method?: string;
  path?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  anonymous?: boolean;
}
const asked = (query: unknown, more: object = {}): Sent => ({
  body: JSON.stringify({ query, ...more }),
});
const repeated = (count: number, part: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => part(at)).join(' ');
const ME = '{ viewer { permissions } }';
const get = (query: string, headers: Record<string, string> = {}): Sent => ({
  method: 'GET',
  path: `/graphql?query=${encodeURIComponent(query)}`,
  headers,
});

const cases: [what: string, sent: Sent, status: number, code: string | null][] = [
  ['a body that is no JSON', { body: '{ nope' }, 400, 'BAD_REQUEST'],
  ...['null', '[]', '1', '"x"', '{}', 'true'].map((body): [string, Sent, number, string] => [
    `a body that says ${body}`,
    { body },
    400,
    'BAD_REQUEST',
  ]),
  ['no body', { body: '' }, 400, 'BAD_REQUEST'],
  ['a batch', { body: `[{"query":"${ME}"}]` }, 400, 'BAD_REQUEST'],
  ...[1, null, '', [ME]].map((query): [string, Sent, number, string] => [
    `a query that is ${JSON.stringify(query)}`,
    asked(query),
    400,
    'BAD_REQUEST',
  ]),
  ['half a document', asked('{ viewer { '), 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'an unknown operation',
    asked('query A { viewer { permissions } }', { operationName: 'B' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'two operations and no choice',
    asked('query A { viewer { permissions } } query B { viewer { permissions } }'),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['an operation name that is none', asked(ME, { operationName: 3 }), 400, 'BAD_REQUEST'],
  ...['x', [1]].map((variables): [string, Sent, number, string] => [
    `variables that are ${JSON.stringify(variables)}`,
    asked(ME, { variables }),
    400,
    'BAD_REQUEST',
  ]),
  [
    'a variable of another type',
    asked('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: { a: 1 } } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a variable that is missing',
    asked('query ($id: ID!) { node(id: $id) { id } }'),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'an input with a field too many',
    asked('mutation ($i: TeamCreateInput!) { teamCreate(input: $i) { team { id } } }', {
      variables: { i: { name: 'x', nme: 'y' } },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a word that is nearly one',
    asked('mutation ($i: TokenCreateInput!) { tokenCreate(input: $i) { secret } }', {
      variables: { i: { name: 'x', kind: 'PERSONL', permissions: [] } },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a day that does not exist',
    asked(
      'query ($at: DateTime) { tenant { members(filter: { updatedAt: { gte: $at } }) { totalCount } } }',
      { variables: { at: '2031-02-30T00:00:00Z' } },
    ),
    400,
    'BAD_USER_INPUT',
  ],
  ...[
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-23:59',
    '2031-01-01T24:00:00Z',
    'yesterday',
  ].map((at): [string, Sent, number, string] => [
    `the instant ${at}`,
    asked(
      'query ($at: DateTime) { tenant { members(filter: { updatedAt: { gte: $at } }) { totalCount } } }',
      { variables: { at } },
    ),
    400,
    'BAD_USER_INPUT',
  ]),
  ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2032-02-29t00:00:00z'].map(
    (at): [string, Sent, number, null] => [
      `the instant ${at}`,
      asked(
        'query ($at: DateTime) { tenant { auditLog(filter: { at: { gte: $at, lt: $at } }) { totalCount } members(filter: { updatedAt: { gte: $at } }) { totalCount } } }',
        { variables: { at } },
      ),
      200,
      null,
    ],
  ),
  [
    'keys of every object',
    {
      body: '{"query":"{ viewer { permissions } }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"polluted":1}}',
    },
    200,
    null,
  ],
  [
    'such a key in an input',
    {
      body: '{"query":"mutation ($i: TeamCreateInput!) { teamCreate(input: $i) { team { id } } }","variables":{"i":{"name":"P","__proto__":{"dryRun":true}}}}',
    },
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a form',
    {
      body: `query=${encodeURIComponent(ME)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    415,
    'BAD_REQUEST',
  ],
  ['plain text', { ...asked(ME), headers: { 'content-type': 'text/plain' } }, 415, 'BAD_REQUEST'],
  [
    'another charset',
    { ...asked(ME), headers: { 'content-type': 'application/json; charset=utf-16' } },
    415,
    'BAD_REQUEST',
  ],
  [
    'bytes that are no text',
    {
      body: new Uint8Array([
        ...Buffer.from('{"query":"{ team(name: \\"'),
        0xff,
        ...Buffer.from('\\") { id } }"}'),
      ]),
    },
    400,
    'BAD_REQUEST',
  ],
  [
    'a text with NUL',
    asked('{ viewer { permissions } }', { variables: { a: '\0' } }),
    400,
    'BAD_REQUEST',
  ],
  [
    'half a character',
    { body: '{"query":"{ viewer { permissions } }","variables":{"a":"\\ud800"}}' },
    400,
    'BAD_REQUEST',
  ],
  ['five megabytes', asked(ME, { variables: { a: 'x'.repeat(5_000_000) } }), 413, 'BAD_REQUEST'],
  [
    'ten thousand brackets',
    { body: `{"query":"${ME}","variables":${'['.repeat(10_000)}${']'.repeat(10_000)}}` },
    400,
    'BAD_REQUEST',
  ],
  [
    'ten thousand aliases',
    asked(`{ ${repeated(10_000, at => `a${at}: viewer { permissions }`)} }`),
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'thirty-one aliases',
    asked(`{ viewer { ${repeated(31, at => `a${at}: permissions`)} } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a hundred directives',
    asked(`{ viewer { ${repeated(100, () => 'permissions @skip(if: false)')} } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a circle of fragments',
    asked('query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'fragments that double forty times',
    asked(
      `query { ...F0 } ${repeated(40, at => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F40 on Query { viewer { permissions } }`,
    ),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'twenty-five levels',
    asked(`{ tenant ${'{ parent '.repeat(25)} { id } ${'}'.repeat(25)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'more than anybody may ask for',
    asked(
      '{ tenant { members(first: 500) { nodes { teams(first: 500) { nodes { team { members(first: 500) { nodes { since } } } } } } } } }',
    ),
    400,
    'QUERY_TOO_EXPENSIVE',
  ],
  [
    'a mutation by GET',
    get('mutation { teamCreate(input: { name: "G" }) { team { id } } }', {
      'apollo-require-preflight': '1',
    }),
    405,
    'BAD_REQUEST',
  ],
  [
    'a query by GET as any page could send it',
    { ...get(ME), headers: { 'content-type': 'text/plain' } },
    415,
    'BAD_REQUEST',
  ],
  ['PUT', { method: 'PUT', ...asked(ME) }, 405, 'BAD_REQUEST'],
  [
    'a hash for a document nobody sent',
    {
      body: JSON.stringify({
        extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } },
      }),
    },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'a hash of another document',
    asked(ME, { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    400,
    'BAD_REQUEST',
  ],
  [
    'a token in the address',
    { ...asked(ME), path: '/graphql?access_token=muster_pat_x', anonymous: true },
    401,
    'UNAUTHENTICATED',
  ],
  [
    'an unsigned token',
    { ...asked(ME), headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' } },
    401,
    'UNAUTHENTICATED',
  ],
  ['a wish for XML', { ...asked(ME), headers: { accept: 'application/xml' } }, 406, 'BAD_REQUEST'],
];

describe('whatever is sent is answered as JSON, with its status and code, without inside knowledge, and not kept:', () => {
  test.each(cases)(
    '%s',
    async (_, { path = '/graphql', anonymous, headers, ...sent }, status, code) => {
      const answer = await fetch(house.origin + path, {
        method: 'POST',
        ...sent,
        headers: {
          'content-type': 'application/json',
          ...(!anonymous && { authorization: `Bearer ${house.owner.token}` }),
          ...headers,
        },
      });
      const text = await answer.text();
      expect(
        [answer.status, answer.headers.get('cache-control'), answer.headers.get('content-type')],
        text,
      ).toEqual([status, 'no-store', 'application/json; charset=utf-8']);
      expect(
        (JSON.parse(text) as { errors?: { extensions: { code: string } }[] }).errors?.[0]
          ?.extensions.code ?? null,
      ).toBe(code);
      expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|Did you mean|stacktrace|middleware/);
      expect('polluted' in {}).toBe(false);
    },
  );

  test('nothing of it did anything', async () => {
    const { tenant } = await house.owner.ask(
      '{ tenant { teams { totalCount } auditLog { totalCount } } }',
    );
    expect(tenant.teams.totalCount).toBe(0);
  });
});

test('whoever has spent the budget of a minute is told when to come again, and nobody else is held up', async () => {
  const dear =
    '{ tenant { members(first: 195) { nodes { teams(first: 100) { nodes { team { members(first: 100) { nodes { since } } } } } } } } viewer { rateLimit { cost remaining } } }';
  let answer = await house.admin.graphql(dear);
  expect(answer.data!['viewer'].rateLimit.cost).toBeGreaterThan(15_000);
  for (let left = 500; answer.status === 200 && left > 0; left--)
    answer = await house.admin.graphql(dear);
  expect(answer).toMatchObject({
    status: 429,
    errors: [
      {
        extensions: {
          code: 'RATE_LIMITED',
          limit: expect.any(Number),
          resetAt: expect.any(String),
        },
      },
    ],
  });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect((await house.owner.graphql(ME)).status).toBe(200);
});
