import { randomUUID } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import Koa, { type Next } from 'koa';
import type { Config } from './config.ts';
import {
  addressOf,
  callerOf,
  compressAnswers,
  type Door,
  Fault,
  faultOf,
  Graceful,
  refuseUnreadable,
  type RequestContext,
  type RequestHandler,
  type RequestState,
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

const SANE_ID = /^[\w.:/+=-]{8,128}$/;

/** Everything a request meets, in order. */
export function createServer({
  config,
  log,
  metrics,
  doors,
  ready,
  upgrade,
  closeStreams,
}: ServerParts): Server {
  const app = new Koa<RequestState>({
    proxy: config.trustProxy > 0,
    maxIpsCount: config.trustProxy,
  });
  const http = createHttpServer({
    maxHeaderSize: 65_536, // a SCIM filter is part of the URL
    requestTimeout: 60_000,
    headersTimeout: 20_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
    // Whoever offers another protocol (curl offers HTTP/2) is answered in this one.
    shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  refuseUnreadable(http);
  const graceful = new Graceful(http);
  app.use(identify(log));
  app.use(protect(config.publicUrl.startsWith('https:')));
  app.use(compressAnswers());
  app.use(account(metrics));
  app.use(chooseDoor(doors));
  app.use(sayFaults());
  app.use(
    answerOperator({
      metrics,
      rules: config.metrics,
      isStopping: () => graceful.isStopping,
      ready,
    }),
  );
  app.use(shed(config.maxWaitingRequests));
  const callers = new TokenBuckets(config.rateLimit);
  app.use(limitCallers(callers));
  app.use(enterDoor());
  app.on('error', (fault: unknown) => log.error({ err: fault }, 'An answer could not be sent.'));
  const answer = app.callback();
  http.on('request', (request, response) => graceful.pass(() => void answer(request, response)));
  http.on('checkExpectation', (request, response) =>
    graceful.pass(() => void answer(request, response)),
  ); // what a client expects beside an answer is ours to leave out
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!upgrade || graceful.isStopping) return refuseUpgrade(socket, 503, 1);
    const address = callerOf(addressOf(request, config.trustProxy));
    const { allowed, retryAfter } = callers.draw(address);
    if (!allowed) return refuseUpgrade(socket, 429, retryAfter);
    upgrade(request, socket, head, address);
  });
  return {
    http,
    stop: () =>
      graceful.stop({
        drainDelayMs: config.drainDelayMs,
        deadlineMs: config.shutdownDeadlineMs,
        closeStreams,
      }),
  };
}

function refuseUpgrade(socket: Duplex, status: 429 | 503, retryAfter: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nRetry-After: ${retryAfter}\r\nContent-Length: 0\r\n\r\n`,
  );
}

/**
 * Each request has an id of ours, by which log lines and audit entries are tied together. A caller's own id, when it is a plain token, is
 * kept beside it and said back; two callers may send the same one, so nothing is found by it alone.
 */
function identify(log: Log): RequestHandler {
  return (ctx, next) => {
    const theirs = ctx.get('x-request-id');
    const correlationId = randomUUID();
    const requestId = SANE_ID.test(theirs) ? theirs : undefined;
    ctx.state.trace = { correlationId, ...(requestId && { requestId }) };
    ctx.state.log = log.child({ requestId: requestId ?? correlationId, correlationId });
    ctx.set('X-Request-Id', requestId ?? correlationId);
    return next();
  };
}

/** Strict for answers that are data; a door with pages sets its own policy. */
function protect(https: boolean): RequestHandler {
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(https ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  };
  return (ctx, next) => {
    ctx.set(headers);
    return next();
  };
}

/** One log line and one measurement for each request. Doors add `state.route` and, for the line, `state.logFields`. */
function account(metrics: Metrics): RequestHandler {
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const ms = performance.now() - start;
    const door = ctx.state.door?.name ?? 'none';
    const route = ctx.state.route ?? door;
    metrics.request(door, route, ctx.status, ms / 1_000);
    ctx.state.log[door === 'operator' ? 'debug' : 'info'](
      {
        method: ctx.method,
        path: ctx.path,
        status: ctx.status,
        ms: Math.round(ms * 10) / 10,
        door,
        route,
        address: ctx.ip,
        ...ctx.state.logFields,
      },
      'request',
    );
  };
}

function chooseDoor(doors: readonly Door[]): RequestHandler {
  const places = doors.flatMap(door =>
    [door.path].flat().map(path => ({ door, path, below: `${path}/` })),
  );
  return (ctx, next) => {
    const place = places.find(
      ({ path, below }) => ctx.path === path || (below !== '//' && ctx.path.startsWith(below)),
    );
    if (place) ctx.state.door = place.door;
    return next();
  };
}

/** The last resort. What is known is said, in the dialect of the door; everything else is a 500 without detail, and logged. */
function sayFaults(): RequestHandler {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.status >= 500)
        ctx.state.log[fault.status === 503 ? 'warn' : 'error'](
          { err: thrown },
          'A request failed.',
        );
      ctx.status = fault.status;
      if (fault.retryAfter !== undefined) ctx.set('Retry-After', String(fault.retryAfter));
      const { door } = ctx.state;
      if (door?.renderError) door.renderError(ctx, fault);
      else ctx.body = { error: fault.detail };
    }
    // An answer before the end of the body: what is still coming belongs to nobody.
    if (!ctx.req.complete) ctx.set('Connection', 'close');
  };
}

/** Beyond what can be answered in time, saying so at once serves everybody better than letting all wait. */
function shed(most: number): RequestHandler {
  let inWork = 0;
  return async (_, next) => {
    if (inWork >= most) throw new Fault(503, 'The service is overloaded. Try again shortly.', 1);
    inWork++;
    try {
      await next();
    } finally {
      inWork--;
    }
  };
}

function limitCallers(buckets: TokenBuckets): RequestHandler {
  return (ctx, next) => {
    const { allowed, retryAfter } = buckets.draw(callerOf(ctx.ip));
    if (!allowed) throw new Fault(429, 'Too many requests from this address.', retryAfter);
    return next();
  };
}

function enterDoor(): RequestHandler {
  return async (ctx: RequestContext, next: Next) => {
    await ctx.state.door?.handle?.(ctx, next);
    if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false)
      throw new Fault(404, 'There is nothing here.');
  };
}
