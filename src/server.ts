import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import Koa from 'koa';
import type { Config } from './config.ts';
import {
  account,
  addressOf,
  callerOf,
  chooseDoor,
  compressAnswers,
  type Door,
  enterDoor,
  Graceful,
  identify,
  limitCallers,
  protect,
  refuseUnreadable,
  renderFaults,
  type RequestState,
  shed,
} from './platform/http/index.ts';
import { type Log, type Metrics, TokenBuckets } from './platform/index.ts';
import { answerOperator } from './operator.ts';

export interface ServerParts {
  config: Pick<
    Config,
    | 'publicUrl'
    | 'maxWaitingRequests'
    | 'metrics'
    | 'rateLimit'
    | 'trustProxy'
    | 'drainDelayMs'
    | 'shutdownDeadlineMs'
  >;
  log: Log;
  metrics: Metrics;
  doors: readonly Door[];
  /** Does the database answer? */
  ready: () => Promise<boolean>;
  /** Takes over a connection for WebSockets. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, address: string) => void;
  /** Ends, when the server stops, what does not end by itself: WebSockets, event streams. */
  closeStreams?: () => void | Promise<void>;
}

export interface Server {
  http: HttpServer;
  stop(): Promise<void>;
}

/** An HTTP server whose requests pass these steps in this order. */
export function createServer(parts: ServerParts): Server {
  const { config, log, metrics, doors, ready, closeStreams } = parts;
  const app = new Koa<RequestState>({
    proxy: config.trustProxy > 0,
    maxIpsCount: config.trustProxy,
  });
  const http = createListener();
  const graceful = new Graceful(http);
  const callers = new TokenBuckets(config.rateLimit);
  const operator = { metrics, rules: config.metrics, isStopping: () => graceful.isStopping, ready };
  app.use(identify(log));
  app.use(protect(config.publicUrl.startsWith('https:')));
  app.use(compressAnswers());
  app.use(account(metrics, log));
  app.use(chooseDoor(doors));
  app.use(renderFaults());
  app.use(answerOperator(operator));
  app.use(shed(config.maxWaitingRequests));
  app.use(limitCallers(callers));
  app.use(enterDoor());
  app.on('error', (fault: unknown) => log.error({ err: fault }, 'An answer could not be sent.'));
  const answer = app.callback();
  const pass = (request: IncomingMessage, response: ServerResponse): void =>
    graceful.pass(() => void answer(request, response));
  http.on('request', pass);
  http.on('checkExpectation', pass); // an unknown Expect header is ignored, not refused
  http.on('upgrade', upgradeWith(parts, graceful, callers));
  const { drainDelayMs, shutdownDeadlineMs: deadlineMs } = config;
  return { http, stop: () => graceful.stop({ drainDelayMs, deadlineMs, closeStreams }) };
}

function createListener(): HttpServer {
  const http = createHttpServer({
    maxHeaderSize: 65_536, // a SCIM filter is part of the URL
    requestTimeout: 60_000,
    headersTimeout: 20_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
    // An offer of another protocol (curl offers HTTP/2) is declined: the answer is HTTP/1.1.
    shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  refuseUnreadable(http);
  return http;
}

/**
 * WebSockets do not pass through Koa: they are limited here like other requests of their address.
 */
function upgradeWith(
  { config, upgrade }: ServerParts,
  graceful: Graceful,
  callers: TokenBuckets,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    if (!upgrade || graceful.isStopping) return refuseUpgrade(socket, 503, 1);
    const address = callerOf(addressOf(request, config.trustProxy));
    const { allowed, retryAfter } = callers.draw(address);
    if (!allowed) return refuseUpgrade(socket, 429, retryAfter);
    upgrade(request, socket, head, address);
  };
}

function refuseUpgrade(socket: Duplex, status: 429 | 503, retryAfter: number): void {
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      `Retry-After: ${retryAfter}`,
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n'),
  );
}
