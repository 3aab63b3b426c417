import { request as send, Agent, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { gate, hello, start, stopServers } from './support/shop-server.ts';

afterEach(stopServers);

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
