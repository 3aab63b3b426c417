import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import type { RequestContext } from '../../platform/http/index.ts';
import { LIMITS } from './limits/limits.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';

/**
 * One error before anything was executed. With `application/graphql-response+json` a client knows that the body is GraphQL's
 * whatever the status, so it is said in that type to whoever takes it (GraphQL over HTTP, section 6.4).
 */
export function sayError(ctx: RequestContext, message: string, extensions: object): void {
  ctx.body = { errors: [{ message, extensions }] };
  ctx.type = `${ctx.accepts(JSON_TYPE, RESPONSE_TYPE) || JSON_TYPE}; charset=utf-8`;
}

/**
 * Is the answer a stream? Clients that can read one say so for every operation (urql), so the operation decides; a client that
 * takes nothing else (graphql-sse) is answered by a stream in any case, also when it is refused there.
 */
export function wantsStream(ctx: RequestContext, body: unknown): boolean {
  if (!ctx.get('accept').includes(STREAM_TYPE)) return false;
  return !ctx.accepts(JSON_TYPE, RESPONSE_TYPE) || isSubscription(body);
}

function isSubscription(body: unknown): boolean {
  const { query, operationName } = (body ?? {}) as { query?: unknown; operationName?: unknown };
  if (typeof query !== 'string' || !query.includes('subscription')) return false;
  try {
    const document = parse(query, { maxTokens: LIMITS.tokens, noLocation: true });
    const name = typeof operationName === 'string' ? operationName : null;
    return getOperationAST(document, name)?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false; // whoever answers it says what is wrong with it
  }
}
