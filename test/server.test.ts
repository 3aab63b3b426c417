import { request as send, Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { type Door, Fault, readBody, type RequestHandler } from '../src/platform/http/index.ts';
import { createLog, Metrics } from '../src/platform/index.ts';
import { createServer, type Server, type ServerParts } from '../src/server.ts';

const running: Server[] = [];
afterEach(() => Promise.all(running.splice(0).map(server => server.stop())));

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

interface Started extends Server {
  lines: Record<string, unknown>[];
  get: (path: string, options?: RequestOptions & { body?: string }) => Promise<Answer>;
}

async function start(
  handle: RequestHandler,
  parts: Omit<Partial<ServerParts>, 'config'> & {
    config?: Partial<ServerParts['config']>;
    renderError?: NonNullable<Door['renderError']>;
  } = {},
): Promise<Started> {
  const lines: Record<string, unknown>[] = [];
  const { config, renderError, ...rest } = parts;
  const server = createServer({
    log: createLog('debug', {
      write: line => {
        lines.push(JSON.parse(line) as Record<string, unknown>);
      },
    }),
    metrics: new Metrics(),
    ready: async () => true,
    doors: [{ name: 'shop', path: ['/shop', '/'], handle, ...(renderError && { renderError }) }],
    ...rest,
    config: {
      publicUrl: 'http://localhost',
      metrics: { port: undefined, token: undefined },
      maxWaitingRequests: 100,
      rateLimit: { perSecond: 1000, burst: 4000 },
      trustProxy: 0,
      drainDelayMs: 0,
      shutdownDeadlineMs: 5_000,
      ...config,
    },
  });
  running.push(server);
  server.http.listen(0, '127.0.0.1');
  await once(server.http, 'listening');
  const { port } = server.http.address() as AddressInfo;
  const get: Started['get'] = (path, { body, ...options } = {}) =>
    new Promise((resolve, reject) => {
      send({ port, path, agent: false, ...options }, answer => {
        let text = '';
        answer
          .setEncoding('utf8')
          .on('data', chunk => {
            text += chunk;
          })
          .once('end', () =>
            resolve({ status: answer.statusCode!, headers: answer.headers, body: text }),
          );
      })
        .once('error', reject)
        .end(body);
    });
  return { ...server, lines, get };
}

const hello: RequestHandler = ctx => {
  ctx.body = 'hello';
};

/** A handler that waits to be let go, and tells how many are inside. */
function gate() {
  let open = () => {};
  let entered = () => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  const first = new Promise<void>(resolve => {
    entered = resolve;
  });
  const handle: RequestHandler = async ctx => {
    entered();
    await opened;
    ctx.body = 'waited';
  };
  return { handle, open: () => open(), entered: first };
}

describe('every answer', () => {
  test.each(['/shop', '/nowhere', '/healthz', '/shop/broken'])(
    'carries an id and the security headers: %s',
    async path => {
      const { get } = await start(ctx => {
        if (ctx.path.endsWith('broken')) throw new Error('secret');
        ctx.body = 'x';
      });
      const { headers } = await get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  test.each([
    ['trace-1234_5678', true],
    ['short', false],
    ['has spaces in it', false],
    ['x'.repeat(200), false],
  ])('echoes an id that is a plain token: %s', async (id, kept) => {
    const { get, lines } = await start(hello);
    const { headers } = await get('/shop', { headers: { 'x-request-id': id } });
    expect(headers['x-request-id'] === id).toBe(kept);
    expect(lines.at(-1)).toMatchObject({
      requestId: headers['x-request-id'],
      method: 'GET',
      path: '/shop',
      status: 200,
      door: 'shop',
    });
  });

  test('asks for https when that is where we are', async () => {
    const { get } = await start(hello, { config: { publicUrl: 'https://directory.example.com' } });
    expect((await get('/shop')).headers['strict-transport-security']).toContain('max-age');
  });

  test('leaves a line without the query and with what the door noted, and a measurement', async () => {
    const { get, lines } = await start(ctx => {
      Object.assign(ctx.state, { route: 'GET /shop/:id', logFields: { tenant: 't1' } });
      ctx.body = 'x';
    });
    await get('/shop/1?token=x', { headers: { authorization: 'Bearer x' } });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      path: '/shop/1',
      route: 'GET /shop/:id',
      tenant: 't1',
      address: '127.0.0.1',
    });
    expect(JSON.stringify(lines)).not.toMatch(/token|Bearer/);
    expect((await get('/metrics')).body).toContain(
      'muster_request_seconds_count{door="shop",route="GET /shop/:id",outcome="ok"} 1',
    );
  });
});

describe('a door', () => {
  test.each([
    ['/shop', 200],
    ['/shop/a/b', 200],
    ['/', 200],
    ['/shopping', 404],
    ['/other', 404],
    ['/__proto__', 404],
  ])('is found by its path: %s %i', async (path, status) => {
    const { get } = await start(hello);
    expect((await get(path)).status).toBe(status);
  });

  test('that has nothing to say, and no door at all, are a 404 in JSON', async () => {
    const { get } = await start(() => {});
    for (const path of ['/shop', '/other']) {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type'], body]).toEqual([
        404,
        'application/json; charset=utf-8',
        '{"error":"There is nothing here."}',
      ]);
    }
  });
});

describe('a fault', () => {
  const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });
  test.each<[string, unknown, number, string, string | undefined]>([
    [
      'of ours says nothing',
      new Error('secret at /srv/x.ts'),
      500,
      'Internal Server Error',
      undefined,
    ],
    ['that is no error says nothing', 'secret', 500, 'Internal Server Error', undefined],
    ['that was made to be said is said', new Fault(409, 'Too late.', 3), 409, 'Too late.', '3'],
    [
      'of an outage asks to come again',
      outage,
      503,
      'The database is not available at the moment.',
      '2',
    ],
    [
      'of an outage underneath asks to come again',
      new Error('query failed', { cause: outage }),
      503,
      'The database is not available at the moment.',
      '2',
    ],
    [
      'of a lost race asks to come again',
      Object.assign(new Error('x'), { code: '40001' }),
      503,
      'Too many changes met at the same place. Try again.',
      '1',
    ],
    [
      'with an exposed message is said',
      Object.assign(new Error('Bad path.'), { status: 400, expose: true }),
      400,
      'Bad path.',
      undefined,
    ],
    [
      'with a hidden message is not',
      Object.assign(new Error('secret'), { status: 400, expose: false }),
      500,
      'Internal Server Error',
      undefined,
    ],
  ])('%s', async (_, thrown, status, detail, retryAfter) => {
    const { get } = await start(() => {
      throw thrown;
    });
    const answer = await get('/shop');
    expect([answer.status, JSON.parse(answer.body), answer.headers['retry-after']]).toEqual([
      status,
      { error: detail },
      retryAfter,
    ]);
  });

  test('is said in the dialect of its door, also when the door was not reached', async () => {
    const { get } = await start(
      () => {
        throw new Fault(409, 'No.');
      },
      {
        config: { rateLimit: { perSecond: 1, burst: 1 } },
        renderError: (ctx, fault) => {
          ctx.type = 'application/problem+json';
          ctx.body = JSON.stringify({ detail: fault.detail });
        },
      },
    );
    expect(await get('/shop')).toMatchObject({
      status: 409,
      body: '{"detail":"No."}',
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(await get('/shop')).toMatchObject({
      status: 429,
      body: '{"detail":"Too many requests from this address."}',
      headers: { 'retry-after': '1' },
    });
  });

  test('is logged once, with its stack, when it is ours', async () => {
    const { get, lines } = await start(ctx => {
      throw ctx.path === '/shop/ours' ? new Error('bug') : new Fault(400, 'theirs');
    });
    await get('/shop/ours');
    await get('/shop/theirs');
    expect(lines.filter(line => line['err'])).toEqual([
      expect.objectContaining({
        level: 'error',
        err: expect.objectContaining({ message: 'bug', stack: expect.stringContaining('bug') }),
      }),
    ]);
  });

  test('before the end of the body ends the connection', async () => {
    const { get } = await start(async ctx => {
      ctx.body = await readBody(ctx.req, { types: ['application/json'], maxBytes: 10 });
    });
    const answer = await get('/shop', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify('x'.repeat(2_000_000)),
    }).catch((fault: NodeJS.ErrnoException) => fault.code);
    if (typeof answer === 'object')
      expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } });
    else expect(answer).toMatch(/EPIPE|ECONNRESET/);
  });
});

describe('too much', () => {
  test('at once is answered at once with 503, and the operator is still answered', async () => {
    const { handle, open, entered } = gate();
    const { get } = await start(handle, { config: { maxWaitingRequests: 1 } });
    const waiting = get('/shop');
    await entered;
    expect(await get('/shop')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await get(path)).status).toBe(200);
    open();
    expect(await waiting).toMatchObject({ status: 200, body: 'waited' });
    expect((await get('/shop')).status).toBe(200);
  });

  test('from one address is answered with 429 until the bucket fills again', async () => {
    const { get } = await start(hello, {
      config: { rateLimit: { perSecond: 1, burst: 2 }, trustProxy: 1 },
    });
    const from = (address: string) =>
      get('/shop', { headers: { 'x-forwarded-for': `spoofed, ${address}` } }).then(
        ({ status }) => status,
      );
    expect([
      await from('203.0.113.1'),
      await from('203.0.113.1'),
      await from('203.0.113.1'),
      await from('203.0.113.2'),
    ]).toEqual([200, 200, 429, 200]);
  });

  test('without a trusted proxy the header of an address counts for nothing', async () => {
    const { get } = await start(hello, { config: { rateLimit: { perSecond: 1, burst: 1 } } });
    const from = (address: string) =>
      get('/shop', { headers: { 'x-forwarded-for': address } }).then(({ status }) => status);
    expect([await from('203.0.113.1'), await from('203.0.113.2')]).toEqual([200, 429]);
  });
});

describe('readiness', () => {
  test.each<[string, () => Promise<boolean>, number]>([
    ['the database answers', async () => true, 200],
    ['the database says no', async () => false, 503],
    ['the database fails', () => Promise.reject(new Error('gone')), 503],
    ['the database does not answer', () => new Promise(() => {}), 503],
  ])('%s', async (_, ready, status) => {
    const { get } = await start(hello, { ready });
    expect((await get('/readyz')).status).toBe(status);
    expect((await get('/healthz')).status).toBe(200);
  });
});

describe('the stop', () => {
  test('lets running requests finish, says goodbye on every answer, and then the connections end', async () => {
    const { handle, open, entered } = gate();
    const server = await start(handle, { config: { drainDelayMs: 100 } });
    const agent = new Agent({ keepAlive: true });
    expect((await server.get('/healthz', { agent })).headers.connection).toBe('keep-alive');
    const waiting = server.get('/shop', { agent });
    await entered;
    let stopped = false;
    const stopping = server.stop().then(() => {
      stopped = true;
    });
    expect(await server.get('/readyz', { agent })).toMatchObject({
      status: 503,
      body: '{"status":"stopping"}',
      headers: { connection: 'close' },
    });
    let refused: string | undefined;
    for (;;) {
      refused = await server.get('/healthz').then(
        () => undefined,
        (fault: NodeJS.ErrnoException) => fault.code,
      );
      if (refused) break;
    }
    expect(refused).toMatch(/ECONNREFUSED|ECONNRESET/);
    expect(stopped).toBe(false);
    open();
    expect(await waiting).toMatchObject({
      status: 200,
      body: 'waited',
      headers: { connection: 'close' },
    });
    await stopping;
    agent.destroy();
  });

  test('drops nothing under load', async () => {
    const server = await start(
      async ctx => {
        await new Promise(setImmediate);
        ctx.body = 'served';
      },
      { config: { drainDelayMs: 200 } },
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let stopping: Promise<void> | undefined;
    let served = 0;
    const client = async (): Promise<void> => {
      for (let last = false; !last;) {
        const answer = await server.get('/shop', { agent });
        expect(answer).toMatchObject({ status: 200, body: 'served' });
        if (++served === 200) stopping = server.stop();
        // a balancer that was told sends the next one elsewhere
        last = answer.headers.connection === 'close';
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    await stopping;
    expect(served).toBeGreaterThanOrEqual(200);
    agent.destroy();
  });

  test('does not wait for connections without a request, and cuts what outlives the deadline', async () => {
    const { handle, entered } = gate();
    const server = await start(handle, { config: { shutdownDeadlineMs: 800 } });
    const idle = connect((server.http.address() as AddressInfo).port, '127.0.0.1');
    await once(idle, 'connect');
    const waiting = server.get('/shop').catch((fault: NodeJS.ErrnoException) => fault.code);
    await entered;
    await server.stop();
    expect(await waiting).toBe('ECONNRESET');
    idle.destroy();
  });

  test('ends at once when nothing runs, keep-alive or not', async () => {
    const server = await start(hello, { config: { shutdownDeadlineMs: 60_000 } });
    const agent = new Agent({ keepAlive: true });
    await server.get('/shop', { agent });
    const idle = connect((server.http.address() as AddressInfo).port, '127.0.0.1');
    await once(idle, 'connect');
    await server.stop();
    agent.destroy();
    idle.destroy();
  });
});

test('a WebSocket nobody expects is refused', async () => {
  const server = await start(hello);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    send(
      {
        port: (server.http.address() as AddressInfo).port,
        headers: { connection: 'upgrade', upgrade: 'websocket' },
        agent: false,
      },
      resolve,
    )
      .once('error', reject)
      .end();
  });
  expect(answer.statusCode).toBe(503);
  answer.resume();
});

describe('on the wire', () => {
  /** What comes back for these bytes until the connection ends. */
  async function say(bytes: string): Promise<string> {
    const { http } = await start(hello);
    const socket = connect((http.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
    socket.write(bytes);
    let said = '';
    socket.on('data', text => {
      said += text;
    });
    await once(socket, 'close');
    return said;
  }
  const CLOSE = 'Host: x\r\nConnection: close\r\n';

  test.each([
    ['no HTTP at all', 'NONSENSE\r\n\r\n', 400],
    [
      'headers beyond measure',
      `GET /shop HTTP/1.1\r\n${CLOSE}X-Big: ${'x'.repeat(80_000)}\r\n\r\n`,
      431,
    ],
    [
      'two lengths',
      `POST /shop HTTP/1.1\r\n${CLOSE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
  ])('%s is refused without a word about us', async (_, bytes, status) => {
    const said = await say(bytes);
    expect(said).toMatch(
      new RegExp(
        `^HTTP/1.1 ${status} [^\\r]+\\r\\nConnection: close\\r\\nCache-Control: no-store\\r\\nX-Content-Type-Options: nosniff\\r\\nContent-Length: 0\\r\\n\\r\\n$`,
      ),
    );
  });

  test.each([
    [
      'offers another protocol',
      'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk',
    ],
    ['expects what we do not know', 'Connection: close\r\nExpect: miracles'],
  ])('who %s is answered all the same', async (_, headers) => {
    expect(await say(`GET /shop HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nhello$/,
    );
  });
});
