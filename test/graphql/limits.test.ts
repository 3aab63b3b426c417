import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GraphqlAnswer, type House, openHouse } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const codeOf = async (query: string, variables = {}) => {
  const { status, errors, data } = await house.owner.graphql(query, variables);
  return { status, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message, data };
};

describe('a document', () => {
  const nested = (levels: number) =>
    `{ tenant { ${'children { nodes { parent { '.repeat(levels)} name ${'} } }'.repeat(levels)} } }`;
  test.each([
    ['is at most 20 levels deep', nested(7), 'levels deep'],
    [
      'has at most 30 aliases',
      `{ viewer { ${Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(' ')} } }`,
      'aliases',
    ],
    [
      'has at most 30 directives',
      `{ viewer { ${'permissions @include(if: true) '.repeat(31)} } }`,
      'directives',
    ],
    [
      'asks at most 20 questions at once',
      `{ ${Array.from({ length: 21 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
      'questions',
    ],
    ['holds no NUL', '{ member(userName: "a\\u0000b") { id } }', 'NUL'],
  ])('%s', async (_, query, because) => {
    const { status, code, message } = await codeOf(query);
    expect({ status, code }).toEqual({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(message).toContain(because);
  });

  test('has at most 3000 tokens', async () => {
    const { status, code } = await codeOf(`{ viewer { ${'permissions '.repeat(3_000)} } }`);
    expect({ status, code }).toEqual({ status: 400, code: 'GRAPHQL_PARSE_FAILED' });
  });

  test('that repeats fragments of fragments is refused without unfolding them', async () => {
    const fragments = Array.from(
      { length: 12 },
      (_, index) =>
        `fragment F${index} on Tenant { ${`parent { ...F${index + 1} } children { nodes { ...F${index + 1} } } `.repeat(2)} }`,
    );
    const { status } = await codeOf(
      `{ tenant { ...F0 } } ${fragments.join(' ')} fragment F12 on Tenant { name }`,
    );
    expect(status).toBe(400);
  });

  test('with a mistake is told so without a hint at other names', async () => {
    const { message } = await codeOf('{ viewr { permissions } }');
    expect(message).toBe('Cannot query field "viewr" on type "Query".');
    const variable = await codeOf(
      'mutation ($input: TeamCreateInput!) { teamCreate(input: $input) { userErrors { code } } }',
      { input: { name: 'A', member: [] } },
    );
    expect(variable).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/Field "member" is not defined by type "TeamCreateInput"\.$/),
    });
  });
});

describe('a request', () => {
  test('carries one operation, not a batch', async () => {
    const answer = await house.owner.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ __typename }' }]),
    });
    expect(answer.status).toBe(400);
  });

  test('by GET changes nothing', async () => {
    const mutation = encodeURIComponent(
      'mutation { memberDisable(input: { id: "x" }) { userErrors { code } } }',
    );
    const answer = await house.owner.fetch(`/graphql?query=${mutation}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(answer.status).toBe(405);
  });

  test('that a form could send is refused: it carries no credential, and no JSON', async () => {
    const query = encodeURIComponent('{ __typename }');
    expect((await fetch(`${house.origin}/graphql?query=${query}`)).status).toBe(401);
    const form = await house.owner.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(form.status).toBe(415);
  });

  test('of a subscription is pointed to the streams', async () => {
    expect(await codeOf('subscription { memberChanged { id } }')).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    });
  });
});

describe('cost', () => {
  const threeDeep = (size: number) =>
    `{ tenant { members(first: ${size}) { nodes { teams(first: ${size}) { nodes { team { members(first: ${size}) { nodes { member { role { name } } } } } } } } } } }`;

  test('three connections deep at 100 a page are answered, at 500 not, and the answer says the price and the limit', async () => {
    expect((await house.owner.graphql(threeDeep(100))).errors).toBeUndefined();
    const { status, errors } = await house.owner.graphql(threeDeep(500));
    expect(status).toBe(400);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
      limit: 40_000,
      cost: expect.any(Number),
    });
  });

  test('a page has at most 500 entries', async () => {
    expect(
      await codeOf('{ tenant { members(first: 501) { totalCount nodes { id } } } }'),
    ).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(
      (
        await codeOf('query ($n: Int) { tenant { members(first: $n) { nodes { id } } } }', {
          n: 500,
        })
      ).code,
    ).toBeUndefined();
  });

  test('rateLimit tells what the operation cost and what is left', async () => {
    const first = await house.owner.ask(
      '{ viewer { rateLimit { limit remaining cost resetAt } } tenant { members(first: 200) { nodes { role { name } } } } }',
    );
    expect(first['viewer'].rateLimit).toMatchObject({ cost: 5 });
    const second = await house.owner.ask('{ viewer { rateLimit { remaining cost } } }');
    expect(second['viewer'].rateLimit.remaining).toBe(
      first['viewer'].rateLimit.remaining - second['viewer'].rateLimit.cost,
    );
  });

  test('rateLimit(dryRun: true) tells the price and runs nothing else', async () => {
    const query = `query ($size: Int = 500, $dry: Boolean = true) {
      priced: viewer { permissions rateLimit(dryRun: $dry) { cost remaining } }
      tenant { members(first: $size) { nodes { ...Person } } }
    } fragment Person on Member { role { name } teams(first: 500) { nodes { team { members(first:
    500) { nodes { member { role { name } } } } } } } }`;
    const answers: GraphqlAnswer[] = [];
    const statements = await house.statementsOf(async () => {
      answers.push(await house.owner.graphql(query));
    });
    const [{ data, errors } = { data: null, errors: undefined }] = answers;
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      priced: { rateLimit: { cost: expect.any(Number), remaining: expect.any(Number) } },
    });
    expect(data?.['priced'].rateLimit.cost).toBeGreaterThan(1_000_000);
    expect(
      statements.filter(sql => sql.includes('from members') && !sql.includes('from credentials')),
    ).toEqual([]);
  });
});

describe('a credential for SCIM', () => {
  const ask = async (token: string, query: string) => {
    const answer = await fetch(`${house.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'authorization': `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    return { status: answer.status, body: (await answer.json()) as { data?: Wire; errors?: Wire } };
  };

  test('of a person reads nothing of the directory and changes nothing', async () => {
    const { secret } = await house.owner.does(
      'tokenCreate',
      { name: 'for SCIM', kind: 'SCIM', permissions: ['SCIM_INTEGRATE'] },
      'secret',
    );
    for (const query of [
      '{ viewer { permissions } }',
      `{ member(id: "${house.admin.id}") { id } }`,
      'mutation { teamCreate(input: { name: "S" }) { userErrors { code } } }',
    ])
      expect(await ask(secret, query)).toMatchObject({
        status: 401,
        body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      });
  });

  test('of a provider is nobody here', async () => {
    expect((await ask((await house.provider()).secret, '{ viewer { permissions } }')).status).toBe(
      401,
    );
  });
});

describe('without a credential', () => {
  const stranger = (query: string, headers = {}) =>
    fetch(`${house.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  test.each([
    ['none', {}],
    ['of no use', { authorization: 'Bearer muster_pat_nonsense' }],
    ['of another scheme', { authorization: 'Basic b2xpdmlhOnNlY3JldA==' }],
  ])('(%s) nothing is answered', async (_, headers) => {
    const answer = await stranger('{ viewer { permissions } }', headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('the schema is told while developing, and in production only to who is signed in', async () => {
    const schema = '{ __schema { queryType { name } } }';
    expect(await (await stranger(schema)).json()).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    const production = await openHouse({ beside: house, environment: { NODE_ENV: 'production' } });
    try {
      const refused = await fetch(`${production.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: schema }),
      });
      expect(refused.status).toBe(401);
      expect((await production.owner.graphql(schema)).data).toEqual({
        __schema: { queryType: { name: 'Query' } },
      });
    } finally {
      await production.close();
    }
  });
});
