import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { gate, hello, start, stopServers } from './support/shop-server.ts';

afterEach(stopServers);

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
