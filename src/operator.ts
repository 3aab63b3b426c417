import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Config } from './config.ts';
import type { RequestContext, RequestHandler } from './platform/http/index.ts';
import type { Metrics } from './platform/index.ts';

export interface OperatorParts {
  metrics: Metrics;
  rules: Config['metrics'];
  isStopping: () => boolean;
  /** Does the database answer? */
  ready: () => Promise<boolean>;
}

const READY_WITHIN_MS = 1_000;

/**
 * Health, readiness and metrics for the operator. They are neither shed nor rate-limited: they are
 * needed most when the service is overloaded.
 */
export function answerOperator(parts: OperatorParts): RequestHandler {
  const answers: Record<string, (ctx: RequestContext) => Promise<void> | void> = {
    '/healthz': ctx => {
      ctx.body = { status: 'alive' };
    },
    '/readyz': ctx => answerReady(ctx, parts),
  };
  if (parts.rules.port === undefined) answers['/metrics'] = ctx => answerMetrics(ctx, parts);
  return async (ctx, next) => {
    const answer =
      Object.hasOwn(answers, ctx.path) && /^(GET|HEAD)$/.test(ctx.method)
        ? answers[ctx.path]
        : undefined;
    if (!answer) {
      await next();
      return;
    }
    ctx.state.door = { name: 'operator' };
    ctx.state.route = ctx.path;
    await answer(ctx);
  };
}

async function answerReady(
  ctx: RequestContext,
  { isStopping, ready }: OperatorParts,
): Promise<void> {
  const reason = isStopping()
    ? 'stopping'
    : (await answersWithin(READY_WITHIN_MS, ready))
      ? undefined
      : 'database unavailable';
  if (reason) ctx.set('Retry-After', '1');
  ctx.status = reason ? 503 : 200;
  ctx.body = { status: reason ?? 'ready' };
}

async function answerMetrics(
  ctx: RequestContext,
  { metrics, rules }: OperatorParts,
): Promise<void> {
  if (!mayRead(rules.token, ctx.get('authorization'))) {
    ctx.status = 401;
    ctx.set('WWW-Authenticate', 'Bearer realm="metrics"');
    ctx.body = { error: 'The metrics need the token of METRICS_TOKEN.' };
    return;
  }
  ctx.type = metrics.contentType;
  ctx.body = await metrics.text();
}

/** The metrics alone, on a port that need not be reachable from where callers are. */
export function metricsServer(metrics: Metrics, { token }: Config['metrics']): Server {
  return createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?', 1)[0] === '/metrics';
    if (!isAsked) response.writeHead(404).end();
    else if (!mayRead(token, request.headers.authorization ?? ''))
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="metrics"' }).end();
    else
      void metrics.text().then(
        text => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
  });
}

/** Compared as digests, which have one length: how long it takes says nothing of the token. */
function mayRead(token: string | undefined, authorization: string): boolean {
  if (token === undefined) return true;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}

async function answersWithin(ms: number, ask: () => Promise<boolean>): Promise<boolean> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>(resolve => {
    late = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([ask(), tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(late);
  }
}
