import { issueAccessToken } from '../directory/index.ts';
import { readBody, type RequestContext } from '../platform/http/index.ts';
import { authenticateClient, clientSecretOf } from './client-authentication.ts';
import type { RestParts } from './door.ts';
import { invalidRequest, OAuthError } from './oauth-errors.ts';

const FIELDS = ['grant_type', 'client_id', 'client_secret', 'scope'] as const;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const LONGEST_SCOPE = 1_000;

/**
 * The client credentials grant (RFC 6749 section 4.4): a provider's id and secret token for an
 * access token of one hour, which opens the provider's SCIM and ends with the secret. It is
 * self-contained, so nothing is stored or recorded except the use of the secret.
 */
export async function grantToken(parts: RestParts, ctx: RequestContext): Promise<void> {
  const fields = fieldsOf(
    await readBody(ctx.req, {
      types: ['application/json'],
      form: 'fields',
      maxBytes: 65_536,
      maxDepth: 4,
      whenEmpty: {},
    }),
  );
  if (fields['grant_type'] === undefined) throw invalidRequest('The field grant_type is missing.');
  if (fields['grant_type'] !== 'client_credentials')
    throw new OAuthError('unsupported_grant_type', 'The only grant type is client_credentials.');
  const { scope } = fields;
  if (scope !== undefined && (scope.length > LONGEST_SCOPE || !SCOPE.test(scope)))
    throw new OAuthError('invalid_scope', 'The scope is not spelled as RFC 6749 wants it.');

  const {
    actor: { tenantId, credential },
    provider,
    credentialId,
  } = await authenticateClient(parts.store, clientSecretOf(ctx.get('authorization'), fields));
  ctx.state.logFields = { tenantId, providerId: provider.id, credentialId };
  const drawn = parts.draw?.(credentialId);
  if (drawn?.allowed === false) {
    ctx.set('Retry-After', String(drawn.retryAfter));
    throw new OAuthError(
      'temporarily_unavailable',
      'Too many tokens were asked for with this secret.',
      429,
    );
  }
  parts.notes.note({ tenantId, credentialId, providerId: provider.id });
  const { text, expiresIn } = issueAccessToken(parts.store.secrets, {
    tenantId,
    providerId: provider.id,
    credentialId,
  });
  ctx.set({ 'Cache-Control': 'no-store', 'Pragma': 'no-cache' });
  ctx.body = {
    access_token: text,
    token_type: 'Bearer',
    expires_in: Math.min(expiresIn, secondsUntil(credential?.expiresAt)),
    ...(scope !== undefined && { scope }),
  };
}

/**
 * RFC 6749 section 3.2: a field without a value counts as not sent, and one that is not known is
 * ignored.
 */
function fieldsOf(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidRequest('The body must be a form or a JSON object.');
  const fields: Record<string, string> = {};
  for (const name of FIELDS) {
    const value = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') throw invalidRequest(`The field ${name} must be a text.`);
    fields[name] = value;
  }
  return fields;
}

/** The token ends with its secret, so it does not promise more. */
function secondsUntil(end: Date | null | undefined): number {
  return end ? Math.max(1, Math.floor((end.getTime() - Date.now()) / 1_000)) : Infinity;
}
