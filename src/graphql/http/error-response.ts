import type { GraphQLError } from 'graphql';
import type { Door, RequestContext } from '../../platform/http/index.ts';
import { RETRY_AFTER_SECONDS } from '../errors.ts';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

const CODES: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE',
};

/** A fault of the server or of another middleware, in the format of GraphQL. */
export const renderFault: NonNullable<Door['renderError']> = (ctx, { status, detail }) =>
  writeError(ctx, detail, {
    code: CODES[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR'),
  });

/**
 * An error before anything was executed, with the status and the headers that it carries in
 * `extensions.http`.
 */
export function refuseRequest(
  ctx: RequestContext,
  { message, extensions: { http, ...extensions } }: GraphQLError,
  headers: Record<string, string> = {},
): void {
  const carried = (http ?? {}) as { status?: number; headers?: Map<string, string> };
  ctx.status = carried.status ?? 400;
  if (ctx.status === 503) ctx.set('Retry-After', String(RETRY_AFTER_SECONDS));
  ctx.set({ ...Object.fromEntries(carried.headers ?? []), ...headers });
  writeError(ctx, message, extensions);
}

/**
 * With `application/graphql-response+json` a client knows that the body is GraphQL's, whatever the
 * status; clients that accept it get that type (GraphQL over HTTP, section 6.4).
 */
function writeError(ctx: RequestContext, message: string, extensions: object): void {
  ctx.body = { errors: [{ message, extensions }] };
  ctx.type = `${ctx.accepts(JSON_TYPE, RESPONSE_TYPE) || JSON_TYPE}; charset=utf-8`;
}
