import type { ApolloServer } from '@apollo/server';
import { koaMiddleware } from '@as-integrations/koa';
import { GraphQLError } from 'graphql';
import {
  type Draw,
  type InTurn,
  type Log,
  readBody,
  type RequestContext,
} from '../../platform/http/index.ts';
import type { Actor } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { PlannedQueries } from '../planned/planned-queries.ts';
import { answerAnonymous } from './anonymous.ts';
import type { Authenticator } from './authenticator.ts';
import { bearer, unauthenticated } from './bearer.ts';
import { refuseRequest } from './error-response.ts';
import { drawFor } from './limits/allowance.ts';
import type { EventStreams } from './streams/event-streams.ts';
import { wantsStream } from './wants-stream.ts';

export interface OperationParts {
  authenticator: Authenticator;
  apollo: ApolloServer<Context>;
  planned: PlannedQueries;
  events: EventStreams;
  /** In production nothing is answered without a credential; elsewhere the schema is. */
  production: boolean;
  log: Pick<Log, 'warn'>;
  /** Runs the operation in its tenant's turn; without it, at once. */
  inTurn?: InTurn;
  /** Takes one request from the credential's allowance, which all doors share. */
  draw?: Draw | undefined;
}

const BODY_TYPES = ['application/json', 'application/graphql-response+json'];
const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

/**
 * Answers one request. A GraphQLError before execution becomes a response with the status it
 * carries.
 */
export async function answerOperation(ctx: RequestContext, parts: OperationParts): Promise<void> {
  try {
    await answer(ctx, parts);
  } catch (thrown) {
    if (!(thrown instanceof GraphQLError)) throw thrown;
    if (thrown.originalError)
      parts.log.warn({ err: thrown.originalError, ...ctx.state.trace }, thrown.message);
    refuseRequest(ctx, thrown);
  }
}

async function answer(ctx: RequestContext, parts: OperationParts): Promise<void> {
  if (ctx.method !== 'POST' && ctx.method !== 'GET')
    return refuseRequest(ctx, methodNotAllowed(), { Allow: 'GET, POST' });
  const credential = bearer(ctx.req);
  const sent = new RequestBody(ctx);
  let isDrawn = false;
  const drawOnce = (actor: Actor) => {
    if (!isDrawn) drawFor(actor, parts.draw);
    isDrawn = true;
  };
  const known = parts.authenticator.recognize(credential, ctx.state.trace);
  // Whatever fails is told below, to a caller who was asked for.
  const alone = known && answerAlone(ctx, known, sent, { ...parts, drawOnce }).catch(() => false);
  if (await alone) return;
  const context = await parts.authenticator.contextFor(credential, ctx.state.trace);
  if (!context)
    return parts.production
      ? refuseRequest(ctx, unauthenticated(), CHALLENGE)
      : answerWithoutCredential(ctx, sent);
  logCaller(ctx, context);
  drawOnce(context.actor);
  const body = await sent.read();
  if (ctx.method === 'POST' && wantsStream(ctx, body)) return parts.events.answer(ctx, body);
  await execute(ctx, context, body, parts);
  ctx.set('Cache-Control', 'no-store');
}

/** A planned query of a caller who is only remembered, answered by the one statement. */
async function answerAlone(
  ctx: RequestContext,
  known: Context,
  sent: RequestBody,
  { planned, inTurn, drawOnce }: OperationParts & { drawOnce: (actor: Actor) => void },
): Promise<boolean> {
  drawOnce(known.actor);
  const body = await sent.read();
  const work = () => planned.answerAlone(ctx, known, body);
  const isAnswered = await (inTurn ? inTurn(known.actor.tenantId, work) : work());
  if (!isAnswered) return false;
  logCaller(ctx, known);
  ctx.set('Cache-Control', 'no-store');
  return true;
}

/** A body that is read once, whoever asks for it. */
class RequestBody {
  readonly #ctx: RequestContext;
  #body: Promise<unknown> | undefined;

  constructor(ctx: RequestContext) {
    this.#ctx = ctx;
  }

  read(): Promise<unknown> {
    return (this.#body ??= bodyOf(this.#ctx));
  }
}

/** One moment of the database for the whole operation (rule 29), in the tenant's turn. */
async function execute(
  ctx: RequestContext,
  context: Context,
  body: unknown,
  { apollo, planned, inTurn }: OperationParts,
): Promise<void> {
  // Apollo takes an object, also where the body is `null`.
  Object.assign(ctx.request, { body: body ?? {} });
  const run = koaMiddleware(apollo, { context: () => Promise.resolve(context) });
  const work = () => planned.answer(ctx, context, body, () => run(ctx, async () => {}));
  await (inTurn ? inTurn(context.actor.tenantId, work) : work());
}

async function answerWithoutCredential(ctx: RequestContext, sent: RequestBody): Promise<void> {
  const result = ctx.method === 'POST' ? await answerAnonymous(await sent.read()) : null;
  if (result) ctx.body = result;
  else refuseRequest(ctx, unauthenticated(), CHALLENGE);
}

const bodyOf = async (ctx: RequestContext): Promise<unknown> =>
  ctx.method === 'POST' ? readBody(ctx.req, { types: BODY_TYPES }) : undefined;

/** The log line names the caller and not the document, which holds names and addresses. */
function logCaller(ctx: RequestContext, { actor }: Context): void {
  ctx.state.logFields = { tenant: actor.tenantId, credential: actor.credential?.id ?? null };
}

function methodNotAllowed(): GraphQLError {
  return new GraphQLError('Ask with POST.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 405 } },
  });
}
