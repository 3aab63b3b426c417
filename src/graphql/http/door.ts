import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { koaMiddleware } from '@as-integrations/koa';
import cors from '@koa/cors';
import { GraphQLError } from 'graphql';
import type { Ground, UseNotes } from '../../directory/index.ts';
import { type Door, readBody, type RequestContext } from '../../platform/http/index.ts';
import type { Context } from '../context.ts';
import { causeOf, type Faults, isFault, RETRY_AFTER_SECONDS, toClientError } from '../errors.ts';
import { directorySchema } from '../schema/schema.ts';
import { sayError, wantsStream } from './accept.ts';
import type { OidcSettings } from './access-tokens.ts';
import { answerAnonymous } from './anonymous.ts';
import { startApollo } from './apollo.ts';
import { Authenticator } from './authenticator.ts';
import { bearer, unauthenticated } from './bearer.ts';
import { Budget } from './limits/budget.ts';
import { type Draw, drawFor } from './limits/draw.ts';
import type { InTurn } from './limits/turn.ts';
import type { Measure } from './measure-plugin.ts';
import { sandbox, type SandboxMode } from './sandbox/sandbox.ts';
import { EventStreams } from './streams/event-streams.ts';
import { LogFollowers } from './streams/log-followers.ts';
import { Streams } from './streams/streams.ts';
import { WebSockets } from './streams/web-sockets.ts';

export interface GraphqlParts extends Faults {
  ground: Ground;
  publicUrl: string;
  production: boolean;
  sandbox: SandboxMode;
  corsOrigins: readonly string[];
  oidc?: OidcSettings | undefined;
  /** Does a tenant's work when it is the tenant's turn; without it, at once. */
  inTurn?: InTurn;
  /** Counts an operation by its name, with the codes of what went wrong in it. */
  measure?: Measure;
  noteUse?: UseNotes['note'];
  /** Takes one request from the credential's allowance, which all doors share. */
  draw?: Draw | undefined;
  /** Points that a credential may spend in a minute. */
  budget?: number;
}

export interface GraphqlDoor extends Door {
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, address: string) => void;
  /** Ends what does not end by itself: WebSockets and event streams. */
  closeStreams: () => Promise<void>;
  stop: () => Promise<void>;
}

const BODY_TYPES = ['application/json', 'application/graphql-response+json'];
const ENDPOINTS = new Set(['/graphql', '/graphql/stream']);

export async function graphqlDoor(parts: GraphqlParts): Promise<GraphqlDoor> {
  const budget = new Budget(parts.budget);
  const followers = new LogFollowers(parts.ground, fault =>
    parts.log.warn({ err: fault }, 'The audit log could not be followed.'),
  );
  const authenticator = new Authenticator({ ...parts, followers });
  const apollo = await startApollo(parts, budget, parts.measure);
  const streams = new Streams({
    schema: directorySchema(),
    budget,
    draw: parts.draw,
    contextFor: (...caller) => authenticator.streamContextFor(...caller),
    renderError: error => renderStreamError(error, parts),
  });
  const events = new EventStreams(streams);
  const sockets = new WebSockets(streams);
  const letIn = cors({
    origin: allowed(parts.corsOrigins),
    allowMethods: ['GET', 'POST'],
    exposeHeaders: ['X-Request-Id', 'Retry-After'],
    maxAge: 600,
  });
  const explore = sandbox(parts.sandbox, parts.publicUrl);

  const answer = async (ctx: RequestContext): Promise<void> => {
    if (!ENDPOINTS.has(ctx.path)) return;
    if (ctx.method !== 'POST' && ctx.method !== 'GET')
      return refuse(
        ctx,
        new GraphQLError('Ask with POST.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 405 } },
        }),
        { Allow: 'GET, POST' },
      );
    const context = await authenticator.contextFor(bearer(ctx.req), ctx.state.trace);
    if (!context)
      return parts.production ? refuse(ctx, unauthenticated(), CHALLENGE) : answerStranger(ctx);
    noteIn(ctx, context);
    drawFor(context.actor, parts.draw);
    const body = ctx.method === 'POST' ? await readBody(ctx.req, { types: BODY_TYPES }) : undefined;
    if (ctx.method === 'POST' && wantsStream(ctx, body)) return events.answer(ctx, body);
    Object.assign(ctx.request, { body: body ?? {} }); // a body that says `null` asks nothing
    const execute = koaMiddleware(apollo, { context: () => Promise.resolve(context) });
    const work = () => context.directory.inOneMoment(() => execute(ctx, async () => {}));
    await (parts.inTurn ? parts.inTurn(context.actor.tenantId, work) : work());
    ctx.set('Cache-Control', 'no-store');
  };

  const answerStranger = async (ctx: RequestContext): Promise<void> => {
    const known =
      ctx.method === 'POST'
        ? await answerAnonymous(await readBody(ctx.req, { types: BODY_TYPES }))
        : null;
    if (known) ctx.body = known;
    else refuse(ctx, unauthenticated(), CHALLENGE);
  };

  return {
    name: 'graphql',
    path: ['/graphql', '/', '/sandbox'],
    handle: (ctx, next) =>
      letIn(ctx, () =>
        explore(ctx, async () => {
          await answer(ctx).catch(thrown => {
            if (!(thrown instanceof GraphQLError)) throw thrown;
            if (thrown.originalError)
              parts.log.warn({ err: thrown.originalError, ...ctx.state.trace }, thrown.message);
            refuse(ctx, thrown);
          });
          return next();
        }),
      ),
    renderError: (ctx, { status, detail }) =>
      sayError(ctx, detail, {
        code: codes[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR'),
      }),
    upgrade: (request, socket, head, address) => {
      if (ENDPOINTS.has(new URL(request.url ?? '', 'http://localhost').pathname))
        sockets.take(request, socket, head, address);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    },
    closeStreams: async () => {
      followers.close();
      await sockets.close();
    },
    stop: () => apollo.stop(),
  };
}

const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };
const codes: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE',
};

/** One error, with the status that it carries itself. */
function refuse(
  ctx: RequestContext,
  { message, extensions: { http, ...extensions } }: GraphQLError,
  headers: Record<string, string> = {},
): void {
  ctx.status = (http as { status?: number } | undefined)?.status ?? 400;
  if (ctx.status === 503) ctx.set('Retry-After', String(RETRY_AFTER_SECONDS));
  ctx.set({ ...Object.fromEntries((http as HttpFacts | undefined)?.headers ?? []), ...headers });
  sayError(ctx, message, extensions);
}

interface HttpFacts {
  headers?: Map<string, string>;
}

function allowed(origins: readonly string[]): (ctx: RequestContext) => string {
  return ctx => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : '');
}

/** For the log line: who asked. Not what: documents hold names. */
function noteIn(ctx: RequestContext, { actor }: Context): void {
  ctx.state.logFields = { tenant: actor.tenantId, credential: actor.credential?.id ?? null };
}

function renderStreamError(error: GraphQLError, faults: Faults) {
  if (isFault(error)) faults.log.error({ err: causeOf(error) }, 'A GraphQL stream failed.');
  return toClientError(error.toJSON(), error, faults);
}
