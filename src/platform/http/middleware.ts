import { randomUUID } from 'node:crypto';
import type { Next } from 'koa';
import type { Log, Metrics, TokenBuckets } from '../index.ts';
import { callerOf } from './client-address.ts';
import { Fault, faultOf } from './fault.ts';
import type {
  Door,
  RequestContext,
  RequestHandler,
  RequestState,
  RequestTrace,
} from './request.ts';

// The steps of every request before its door. Their order is in server.ts.

const SANE_ID = /^[\w.:/+=-]{8,128}$/;

/**
 * Gives each request an id of ours, which its log lines and audit entries carry. A caller's own id
 * (X-Request-Id), when it is a plain token, is kept beside it and sent back; callers may choose the
 * same one, so nothing is looked up by it alone.
 */
export function identify(log: Log): RequestHandler {
  return (ctx, next) => {
    const theirs = ctx.get('x-request-id');
    const correlationId = randomUUID();
    const requestId = SANE_ID.test(theirs) ? theirs : undefined;
    ctx.state = new State(log, { correlationId, ...(requestId && { requestId }) });
    ctx.set('X-Request-Id', requestId ?? correlationId);
    return next();
  };
}

/** A child logger costs more than most requests need: it is made when something is logged. */
class State implements RequestState {
  readonly trace: RequestTrace;
  door?: NonNullable<RequestState['door']>;
  route?: string;
  logFields?: object;
  readonly #base: Log;
  #log: Log | undefined;

  constructor(base: Log, trace: RequestTrace) {
    this.#base = base;
    this.trace = trace;
  }

  get log(): Log {
    return (this.#log ??= this.#base.child(tracedBy(this.trace)));
  }
}

const tracedBy = ({ requestId, correlationId }: RequestTrace) => ({
  requestId: requestId ?? correlationId,
  correlationId,
});

/** Security headers for answers that are data; a door with pages sets its own policy. */
export function protect(https: boolean): RequestHandler {
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

/** One log line and one measurement for each request, with what doors put into `ctx.state`. */
export function account(metrics: Metrics, log: Log): RequestHandler {
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const ms = performance.now() - start;
    const door = ctx.state.door?.name ?? 'none';
    const route = ctx.state.route ?? door;
    metrics.request(door, route, ctx.status, ms / 1_000);
    log[door === 'operator' ? 'debug' : 'info'](
      {
        ...tracedBy(ctx.state.trace),
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

/** Finds the door by the path; faults on the way to it are already rendered in its format. */
export function chooseDoor(doors: readonly Door[]): RequestHandler {
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

/**
 * Turns what was thrown into an answer in the door's format. An unknown fault is logged and becomes
 * a 500 without detail.
 */
export function renderFaults(): RequestHandler {
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
    // Answered before the body was read to its end: the rest of it must not be read as a request.
    if (!ctx.req.complete) ctx.set('Connection', 'close');
  };
}

/**
 * Answers 503 at once when too many requests are being worked on: more of them would only make all
 * of them late.
 */
export function shed(most: number): RequestHandler {
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

/** Limits requests by address (an IPv6 /64 counts as one). */
export function limitCallers(buckets: TokenBuckets): RequestHandler {
  return (ctx, next) => {
    const { allowed, retryAfter } = buckets.draw(callerOf(ctx.ip));
    if (!allowed) throw new Fault(429, 'Too many requests from this address.', retryAfter);
    return next();
  };
}

export function enterDoor(): RequestHandler {
  return async (ctx: RequestContext, next: Next) => {
    await ctx.state.door?.handle?.(ctx, next);
    if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false)
      throw new Fault(404, 'There is nothing here.');
  };
}
