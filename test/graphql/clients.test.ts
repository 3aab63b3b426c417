import { ApolloClient, gql, HttpLink, InMemoryCache, CombinedGraphQLErrors } from '@apollo/client';
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createEventClient } from 'graphql-sse';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type IncomingMessage, request } from 'node:http';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { GraphQLInputObjectType, GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySchema } from '../../src/graphql/schema/schema.ts';
import { type House, openHouse } from '../support/people.ts';
import type { Wire } from '../support/person.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const URQL =
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';

const urql = (token: string) =>
  new Client({
    url: `${house.origin}/graphql`,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: sink => {
            const events = createEventClient({
              url: `${house.origin}/graphql`,
              headers: { authorization: `Bearer ${token}` },
            });
            const stop = events.subscribe(
              { query: query!, variables: variables as Record<string, unknown> },
              sink as never,
            );
            return { unsubscribe: () => (stop(), events.dispose()) };
          },
        }),
      }),
    ],
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  });

const apollo = (token: string) =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({
      uri: `${house.origin}/graphql`,
      headers: { authorization: `Bearer ${token}` },
    }),
  });

describe('urql as it comes', () => {
  test('asks by GET and is answered', async () => {
    const { data, error } = await urql(house.owner.token).query('{ tenant { name } }', {});
    expect(error).toBeUndefined();
    expect(data.tenant.name).toBe('Northwind');
  });

  test('asks by POST, offering to take a stream, and is answered as JSON', async () => {
    const { data, error } = await urql(house.owner.token).query(
      'query ($first: Int) { tenant { members(first: $first) { nodes { id } } } }',
      { first: 2 },
      { preferGetMethod: false },
    );
    expect(error).toBeUndefined();
    expect(data.tenant.members.nodes).toHaveLength(2);
  });

  test('changes something and is answered as JSON', async () => {
    const { data, error } = await urql(house.owner.token).mutation(
      'mutation { teamCreate(input: { name: "By urql" }) { team { name } userErrors { code } } }',
      {},
    );
    expect(error).toBeUndefined();
    expect(data.teamCreate.team.name).toBe('By urql');
  });

  test('without a token is told so as a GraphQL error', async () => {
    const { error } = await urql('muster_pat_nobody').query('{ tenant { name } }', {});
    expect(error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('Apollo Client as it comes', () => {
  test('asks and is answered', async () => {
    const { data } = await apollo(house.owner.token).query<{ tenant: { name: string } }>({
      query: gql('{ tenant { id name } }'),
    });
    expect(data?.tenant.name).toBe('Northwind');
  });

  test('shows a 401 as a GraphQL error with its code', async () => {
    const fault = await apollo('muster_pat_nobody')
      .query({ query: gql('{ tenant { id name } }') })
      .catch((thrown: unknown) => thrown);
    expect(CombinedGraphQLErrors.is(fault)).toBe(true);
    expect((fault as CombinedGraphQLErrors).errors[0]?.extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('what a client takes', () => {
  const ask = (
    headers: Record<string, string>,
    query = '{ viewer { permissions } }',
    token = house.owner.token,
  ) =>
    fetch(`${house.origin}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'authorization': `Bearer ${token}`,
        ...headers,
      },
      body: JSON.stringify({ query }),
    });

  test.each([
    [URQL, 'application/graphql-response+json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
  ])('an error before execution is said to `%s` as %s', async (accept, type) => {
    const answer = await ask({ accept }, undefined, 'muster_pat_nobody');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('a subscription is a stream where a query would be JSON', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${house.origin}/graphql`, {
      method: 'POST',
      signal: leaving.signal,
      headers: {
        'content-type': 'application/json',
        'accept': URQL,
        'accept-encoding': 'br, gzip',
        'authorization': `Bearer ${house.owner.token}`,
      },
      body: JSON.stringify({
        query: 'query A { __typename } subscription B { auditEntryAdded { id } }',
        operationName: 'B',
      }),
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('content-encoding')).toBeNull();
    leaving.abort();
    const query = await ask({ accept: URQL }, 'query subscription { __typename }');
    expect(await query.json()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('an answer', () => {
  const LONG = '{ __schema { types { name description fields { name description } } } }';
  /** As the wire has it: fetch would unpack it. */
  async function raw(
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ headers: Record<string, unknown>; bytes: Buffer }> {
    const sent = request(`${house.origin}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        'authorization': `Bearer ${house.owner.token}`,
        ...headers,
      },
    }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { headers: answer.headers, bytes: Buffer.concat(await answer.toArray()) };
  }

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is compressed by %s for whoever asks for it', async (encoding, unpack) => {
    const { headers, bytes } = await raw(
      '/graphql',
      { 'accept-encoding': encoding },
      JSON.stringify({ query: LONG }),
    );
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-length': String(bytes.length),
      'vary': expect.stringContaining('Accept-Encoding'),
    });
    const text = unpack(bytes).toString();
    expect(JSON.parse(text)).toHaveProperty('data.__schema');
    expect(bytes.length).toBeLessThan(text.length / 2);
  });

  test('over SCIM too', async () => {
    const provider = await house.provider({ name: 'Packed' });
    const { headers, bytes } = await raw(`${new URL(provider.tenantUrl).pathname}/Schemas`, {
      'accept-encoding': 'gzip',
      'authorization': `Bearer ${provider.secret}`,
    });
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': expect.stringContaining('application/scim+json'),
    });
    expect(JSON.parse(gunzipSync(bytes).toString())).toHaveProperty('Resources');
  });

  test('is left as it is when nobody asks, when it is small, and when it shows a secret', async () => {
    const plain = await raw('/graphql', {}, JSON.stringify({ query: LONG }));
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const small = await raw(
      '/graphql',
      { 'accept-encoding': 'gzip' },
      JSON.stringify({ query: '{ __typename }' }),
    );
    expect(small.headers).not.toHaveProperty('content-encoding');
    const secret = await raw(
      '/graphql',
      { 'accept-encoding': 'gzip' },
      JSON.stringify({
        query: `mutation ($name: String!) { tokenCreate(input: { name: $name, kind: SERVICE,
          permissions: [DIRECTORY_READ] }) { secret ${Array.from(
            { length: 30 },
            (_, at) => `a${at}: token { name lastFour createdAt }`,
          )
            .slice(0, 20)
            .join(' ')} } }`,
        variables: { name: 'A token with a name of some length'.repeat(5) },
      }),
    );
    expect(secret.bytes.length).toBeGreaterThan(2_000);
    expect(secret.bytes.toString()).toContain('muster_svc_');
    expect(secret.headers).not.toHaveProperty('content-encoding');
  });
});

test('one credential has one allowance of requests, from however many addresses', async () => {
  const narrow = await openHouse({
    beside: house,
    environment: { RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '20', TRUST_PROXY: '1' },
  });
  try {
    const person = house.owner.at(narrow);
    const ask = (who: typeof person, at: number) =>
      who.graphql(
        '{ __typename }',
        {},
        { 'accept': 'application/graphql-response+json', 'x-forwarded-for': `10.0.0.${at}` },
      );
    const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => ask(person, at)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(refused?.headers.get('content-type')).toContain('application/graphql-response+json');
    expect(refused?.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expect((await ask(house.admin.at(narrow), 1)).status).toBe(200);
  } finally {
    await narrow.close({ owed: 'anything' });
  }
});

describe('a persisted query', () => {
  test('is sent once and asked for by its digest, also by GET', async () => {
    const query = '{ tenant { name } } # persisted';
    const extensions = {
      persistedQuery: {
        version: 1,
        sha256Hash: createHash('sha256').update(query).digest('hex'),
      },
    };
    const post = async (body: object) => {
      const answer = await house.owner.fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Wire;
    };
    expect((await post({ extensions })).errors[0].extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    expect(await post({ query, extensions })).toEqual({ data: { tenant: { name: 'Northwind' } } });
    expect(await post({ extensions })).toEqual({ data: { tenant: { name: 'Northwind' } } });
    const url = `/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    expect(await (await house.owner.fetch(url)).json()).toEqual({
      data: { tenant: { name: 'Northwind' } },
    });
  });
});

/**
 * What can be set by a create or an update, and where it is read when it has another name there.
 */
const READ_AS: Record<string, string | null> = {
  'Team.memberIds': 'members',
  'Provider.evictManualMembers': null, // how to do it, not what it becomes
  'Member.expectedVersion': null,
  'Team.expectedVersion': null,
};

describe('everything that can be set can be read', () => {
  const schema = directorySchema();
  const settable: [string, string, string][] = (
    [
      ['MemberUpdateInput', 'Member', 'Member'],
      ['TeamCreateInput', 'Team', 'Team'],
      ['TeamUpdateInput', 'Team', 'Team'],
      ['RoleCreateInput', 'Role', 'Role'],
      ['RoleUpdateInput', 'Role', 'Role'],
      ['TenantUpdateInput', 'Tenant', 'Tenant'],
      ['TokenCreateInput', 'ApiToken', 'Token'],
      ['IdentityProviderCreateInput', 'IdentityProvider', 'Provider'],
      ['IdentityProviderUpdateInput', 'IdentityProvider', 'Provider'],
      ['SignInSettingsInput', 'SignInSettings', 'SignIn'],
      ['ProvisioningFeaturesInput', 'ProvisioningFeatures', 'Features'],
      ['ExtensionAttributeInput', 'ExtensionAttribute', 'Extension'],
    ] as const
  ).flatMap(([input, output, called]) =>
    Object.keys((schema.getType(input) as GraphQLInputObjectType).getFields())
      .filter(name => !['id', 'tenantId', 'dryRun', 'expectedPlan'].includes(name))
      .map((name): [string, string, string] => [input, name, `${called} ${output}`]),
  );
  test.each(settable)('%s.%s', (_input, name, where) => {
    const [called = '', output = ''] = where.split(' ');
    const read = READ_AS[`${called}.${name}`];
    if (read === null) return;
    expect(Object.keys((schema.getType(output) as GraphQLObjectType).getFields())).toContain(
      read ?? name,
    );
  });
});
