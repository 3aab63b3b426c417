import { request as send, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Door, RequestHandler } from '../../src/platform/http/index.ts';
import { createLog, Metrics } from '../../src/platform/index.ts';
import { createServer, type Server, type ServerParts } from '../../src/server.ts';

const running: Server[] = [];

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Started extends Server {
  lines: Record<string, unknown>[];
  get: (path: string, options?: RequestOptions & { body?: string }) => Promise<Answer>;
}

/** Starts a server with one door, a shop, whose handler the test writes. */
export async function start(
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

export const hello: RequestHandler = ctx => {
  ctx.body = 'hello';
};

/** A handler that waits to be let go, and tells how many are inside. */
export function gate() {
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

/** After each test. */
export const stopServers = () => Promise.all(running.splice(0).map(server => server.stop()));
