import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import type { RequestContext } from '../../platform/http/index.ts';
import { LIMITS } from './limits/limits.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const STREAM_TYPE = 'text/event-stream';

/**
 * Is the answer a stream? Clients that can read a stream accept one for every operation (urql), so
 * the operation decides. A client that accepts nothing else (graphql-sse) gets a stream in any
 * case, also when it is refused there.
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
    return false; // executing it says what is wrong with it
  }
}
