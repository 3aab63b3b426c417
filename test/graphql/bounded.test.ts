import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Budget } from '../../src/graphql/http/limits/budget.ts';
import { LIMITS } from '../../src/graphql/http/limits/limits.ts';
import { ConcurrencyLimit } from '../../src/graphql/http/streams/concurrency-limit.ts';
import { type House, openHouse } from '../support/people.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close({ owed: 'anything' }));

const codeOf = async (query: string, variables = {}) => {
  const { status, errors } = await house.owner.graphql(query, variables);
  return { status, code: errors?.[0]?.extensions.code };
};

describe('what an exchange changed', () => {
  test('comes page by page', async () => {
    const provider = await house.provider({ name: 'Paged' });
    const users = [
      await provider.user('a@paged.example'),
      await provider.user('b@paged.example'),
      await provider.user('c@paged.example'),
    ];
    await provider.group('Paged', users);
    const ask = (after: string | null) =>
      house.owner.ask(
        'query ($id: ID!, $after: String) { identityProvider(id: $id) { requests(first: 1) { nodes { path changes(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { action request { path } } } } } } }',
        { id: provider.id, after },
      );
    const [first] = (await ask(null))['identityProvider'].requests.nodes;
    expect(first).toMatchObject({
      path: '/Groups',
      changes: {
        totalCount: 4,
        pageInfo: { hasNextPage: true },
        nodes: [{ action: 'team.created', request: { path: '/Groups' } }, {}],
      },
    });
    const [rest] = (await ask(first.changes.pageInfo.endCursor))['identityProvider'].requests.nodes;
    expect(rest.changes.nodes).toMatchObject([
      { action: 'membership.added' },
      { action: 'membership.added' },
    ]);
    expect(rest.changes.pageInfo.hasNextPage).toBe(false);
  });

  test('is priced by what it can return, and an answer that memory could not bear is refused', async () => {
    const cost = async (query: string) =>
      (await house.owner.ask(`{ viewer { rateLimit(dryRun: true) { cost } } ${query} }`))['viewer']
        .rateLimit.cost as number;
    const { id } = await house.provider({ name: 'Priced' });
    const nested = (requests: number, changes: number) =>
      `identityProvider(id: "${id}") { requests(first: ${requests}) { nodes { id changes(first: ${changes}) { nodes { id changes { name } } } } } }`;
    expect(await cost(nested(100, 100))).toBeGreaterThan(1_500);
    expect(await cost(nested(10, 10))).toBeLessThan(50);
    const bodies = `identityProvider(id: "${id}") { requests(first: 500) { nodes { requestBody responseBody } } }`;
    expect(await cost(bodies)).toBeGreaterThan(600);
    expect(await codeOf(`{ ${nested(500, 500)} }`)).toEqual({
      status: 400,
      code: 'QUERY_TOO_EXPENSIVE',
    });
  });
});

describe('an argument of a read', () => {
  test.each([
    ['names', 'query ($x: [String!]) { viewer { member { attributes(names: $x) { name } } } }'],
    [
      'a filter',
      'query ($x: [String!]) { tenant { members(filter: { userName: { in: $x } }) { totalCount } } }',
    ],
  ])('%s holds at most 500 values', async (_, query) => {
    const values = Array.from({ length: 501 }, (_each, at) => `n${at}`);
    expect(await codeOf(query, { x: values })).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    expect((await codeOf(query, { x: values.slice(1) })).code).toBeUndefined();
    expect((await codeOf(query, { x: ['n'.repeat(10_001)] })).code).toBe('BAD_USER_INPUT');
  });
});

/** Rows like this one, each with an id of its own and what `differing` says of the n-th. */
const copies = (table: string, id: string, most: number, differing: string) =>
  house.query(
    `insert into ${table} (tenant_id, id, ${COPIED[table]!.join(', ')})
     select tenant_id, gen_random_uuid(),
     ${COPIED[table]!.map(column => (column === 'name' ? differing : column)).join(', ')}
     from ${table}, generate_series(1, $2::int - (select count(*) from ${table} t
     where t.tenant_id = $3)) n where id = $1`,
    [id, most, house.tenant.tenantId],
  );
const COPIED: Record<string, string[]> = {
  roles: ['name', 'permissions', 'rank'],
  identity_providers: ['name', 'kind', 'features'],
};

describe('a tenant', () => {
  test.each([
    ['roles', 'roleCreate', { permissions: [] }, 'done: role { id }', 'roleDelete'],
    [
      'identity_providers',
      'identityProviderCreate',
      { kind: 'OKTA' },
      'done: identityProvider { id }',
      null,
    ],
  ])('has at most 250 %s', async (table, create, input, fields, remove) => {
    const make = (name: string) => house.owner.does(create, { name, ...input }, fields);
    const first = await make('The first of many');
    await copies(table, first['done'].id, 249, `'Copy ' || n`);
    const last = await make('The last');
    expect(last.userErrors).toEqual([]);
    const refused = {
      done: null,
      userErrors: [
        {
          code: 'INVALID',
          field: ['name'],
          message: `A tenant has at most 250 ${table.replace('_', ' ')}.`,
        },
      ],
    };
    expect(await make('One too many')).toMatchObject(refused);
    expect(await Promise.all([make('Two'), make('At once')])).toMatchObject([refused, refused]);
    if (!remove) return;
    await house.owner.does(remove, { id: last['done'].id });
    expect((await make('In its place')).userErrors).toEqual([]);
  });
});

describe('streams', () => {
  const client = (token: string) =>
    createSocketClient({
      url: `${house.origin.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { Authorization: `Bearer ${token}` },
    });
  interface Heard {
    errors: unknown[];
    got: unknown[];
    stop: () => void;
    over: Promise<void>;
  }
  const listen = (over: ReturnType<typeof client>): Heard => {
    const heard = { errors: [] as unknown[], got: [] as unknown[] };
    const done = Promise.withResolvers<void>();
    const stop = over.subscribe(
      { query: 'subscription { memberChanged { id } }' },
      {
        next: result => {
          if (result.errors) heard.errors.push(...result.errors);
          else heard.got.push(result.data);
        },
        error: fault => {
          heard.errors.push(fault);
          done.resolve();
        },
        complete: () => done.resolve(),
      },
    );
    return { ...heard, stop, over: done.promise };
  };
  const until = async (isSo: () => boolean, meanwhile: () => Promise<unknown>) => {
    for (const deadline = Date.now() + 60_000; !isSo();) {
      if (Date.now() > deadline) throw new Error('It did not happen.');
      await meanwhile();
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };

  test('are so many of one person, however many tokens and connections; one that ends makes room', async () => {
    const person = await house.person({ role: 'auditor' });
    const second = await house.signIn(house.tenant, person.id);
    const clients = [client(person.token), client(second.token)];
    try {
      const open = Array.from({ length: LIMITS.streams }, (_, at) => listen(clients[at % 2]!));
      const { id } = await house.made({ name: 'Stella Stream' });
      const rename = () =>
        house.owner.does('memberUpdate', { id, familyName: randomUUID().slice(0, 8) });
      await until(() => open.every(({ got }) => got.length > 0), rename);
      const more = listen(clients[0]!);
      await more.over;
      expect(JSON.stringify(more.errors)).toContain('RATE_LIMITED');
      open[0]!.stop();
      let again = listen(clients[1]!);
      await until(
        () => again.got.length > 0,
        async () => {
          if (again.errors.length > 0) again = listen(clients[1]!);
          await rename();
        },
      );
    } finally {
      for (const each of clients) await each.dispose();
    }
  });

  test('from one address wait only so many sockets that have not said who they are', async () => {
    const sockets: WebSocket[] = [];
    try {
      for (let at = 0; at < LIMITS.unauthenticatedSockets; at++) {
        const socket = new WebSocket(
          `${house.origin.replace('http', 'ws')}/graphql`,
          'graphql-transport-ws',
        );
        sockets.push(socket);
        await once(socket, 'open');
      }
      const refused = new WebSocket(
        `${house.origin.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
      );
      sockets.push(refused);
      const [fault] = (await once(refused, 'error')) as [Error];
      expect(fault.message).toContain('429');
    } finally {
      for (const socket of sockets) socket.terminate();
    }
  });

  test('come over so many connections of one person, with whichever token; one that closes makes room', async () => {
    const person = await house.person({ role: 'auditor' });
    const second = await house.signIn(house.tenant, person.id);
    const sockets: WebSocket[] = [];
    /** Opens a connection and says who it is. Resolves to how that is answered. */
    const connect = async (token: string): Promise<string | number> => {
      const socket = new WebSocket(
        `${house.origin.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
      );
      sockets.push(socket);
      await once(socket, 'open');
      const answer = Promise.race([
        once(socket, 'message').then(([text]) => JSON.parse(String(text)).type as string),
        once(socket, 'close').then(([code]) => code as number),
      ]);
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          payload: { Authorization: `Bearer ${token}` },
        }),
      );
      return answer;
    };
    try {
      const answers: (string | number)[] = [];
      for (let at = 0; at < LIMITS.sockets; at++)
        answers.push(await connect(at % 2 ? person.token : second.token));
      expect(answers).toEqual(Array(LIMITS.sockets).fill('connection_ack'));
      expect(await connect(person.token)).toBe(4429);
      expect(await connect(second.token)).toBe(4429);
      expect(await connect(house.member.token)).toBe('connection_ack');
      sockets[0]!.close();
      await once(sockets[0]!, 'close');
      while ((await connect(person.token)) === 4429);
      expect(await connect(second.token)).toBe(4429);
    } finally {
      for (const socket of sockets) socket.terminate();
    }
  });

  test('give a place back once', () => {
    const limit = new ConcurrencyLimit(1);
    const leave = limit.take('a')!;
    expect(limit.take('a')).toBeNull();
    expect(limit.take('b')).not.toBeNull();
    leave();
    leave();
    expect(limit.take('a')).not.toBeNull();
    expect(limit.take('a')).toBeNull();
  });

  test('pay for each event: with the budget the stream ends, and says why', async () => {
    const person = await house.person({ role: 'auditor' });
    const spent = await person.ask('{ viewer { rateLimit { cost remaining } } }');
    const dear = client(person.token);
    const query =
      'subscription { memberChanged { id teams(first: 500) { nodes { team { members(first: 300) { nodes { member { id } } } } } } } }';
    const got: unknown[] = [];
    const errors: unknown[] = [];
    const ended = Promise.withResolvers<void>();
    dear.subscribe(
      { query },
      {
        next: result => (result.errors ? errors.push(...result.errors) : got.push(result.data)),
        error: fault => (errors.push(fault), ended.resolve()),
        complete: ended.resolve,
      },
    );
    const { id } = await house.made({ name: 'Penny Price' });
    await until(
      () => got.length > 0,
      () => house.owner.does('memberUpdate', { id, familyName: randomUUID().slice(0, 8) }),
    );
    await dear.dispose();
    const { viewer } = await person.ask('{ viewer { rateLimit { cost remaining } } }');
    const paid = spent['viewer'].rateLimit.remaining - viewer.rateLimit.remaining;
    expect(errors).toEqual([]);
    // Opening it was one price, and each event another.
    expect(paid).toBeGreaterThanOrEqual(3_000 * (got.length + 1));
  });

  test('a budget is of a person: it is spent once, and says when it is full again', () => {
    const budget = new Budget(10);
    budget.pay('ann', 8);
    expect(() => budget.pay('ann', 3)).toThrow(/full again/);
    expect(budget.pay('bob', 3).remaining).toBe(7);
  });
});
