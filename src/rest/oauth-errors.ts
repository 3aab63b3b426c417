import type { RequestContext } from '../platform/http/index.ts';

type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'
  | 'server_error';

/** An error of the token endpoint, RFC 6749 section 5.2. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthCode;
  readonly status: number;

  constructor(code: OAuthCode, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

export const invalidRequest = (description: string) =>
  new OAuthError('invalid_request', description);
export const invalidClient = () =>
  new OAuthError('invalid_client', 'The client or its secret is not valid.', 401);

export function sayOAuthError(ctx: RequestContext, { code, status, message }: OAuthError): void {
  ctx.status = status;
  if (status === 401) ctx.set('WWW-Authenticate', 'Basic realm="muster"');
  // RFC 6749 allows no quotes in a description.
  ctx.body = { error: code, error_description: message.replaceAll(/["\\]/g, "'") };
}

/**
 * The OAuth error for a fault from before the endpoint. RFC 6749 knows only 400 for a body that
 * cannot be read.
 */
export function oauthErrorOf({ status, detail }: { status: number; detail: string }): OAuthError {
  if (status === 429 || status === 503)
    return new OAuthError('temporarily_unavailable', detail, status);
  if (status >= 500) return new OAuthError('server_error', detail, status);
  return new OAuthError('invalid_request', detail, status === 415 ? 400 : status);
}
