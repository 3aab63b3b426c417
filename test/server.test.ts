import { afterEach, describe, expect, test } from 'vitest';
import { Fault, readBody } from '../src/platform/http/index.ts';
import { hello, start, stopServers } from './support/shop-server.ts';

afterEach(stopServers);

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
