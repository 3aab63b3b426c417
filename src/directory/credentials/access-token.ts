import { fromBase62, idFromBase62, idToBase62, toBase62 } from './base62.ts';
import type { Secrets } from './secret.ts';

/** How long an OAuth access token of a provider lives. Entra accepts one hour to six. */
export const ACCESS_TOKEN_SECONDS = 3_600;

export interface AccessToken {
  tenantId: string;
  providerId: string;
  credentialId: string;
  expiresAt: Date;
}

const PURPOSE = 'access token';
const SPELLED =
  /^(muster_oat_([0-9A-Za-z]{22})([0-9A-Za-z]{22})([0-9A-Za-z]{22})([0-9A-Za-z]{8}))([0-9A-Za-z]{43})$/;

/**
 * A token that carries what it is for and when it ends, signed. It lives no longer than the
 * credential it was got with.
 */
export function issueAccessToken(
  secrets: Secrets,
  facts: Omit<AccessToken, 'expiresAt'>,
  now = Date.now(),
): { text: string; expiresIn: number; expiresAt: Date } {
  const seconds = Math.floor(now / 1000) + ACCESS_TOKEN_SECONDS;
  const end = Buffer.alloc(4);
  end.writeUInt32BE(seconds);
  const ids = [facts.tenantId, facts.providerId, facts.credentialId].map(idToBase62).join('');
  const body = `muster_oat_${ids}${toBase62(end, 8)}`;
  return {
    text: body + secrets.sign(PURPOSE, body),
    expiresIn: ACCESS_TOKEN_SECONDS,
    expiresAt: new Date(seconds * 1000),
  };
}

/** The claims of the token; null when it is not one of ours, was altered, or has expired. */
export function readAccessToken(
  secrets: Secrets,
  text: string,
  now = Date.now(),
): AccessToken | null {
  const [, body, tenant, provider, credential, end, signature] = SPELLED.exec(text) ?? [];
  if (
    !body ||
    !tenant ||
    !provider ||
    !credential ||
    !end ||
    !signature ||
    !secrets.isSigned(PURPOSE, body, signature)
  )
    return null;
  const [tenantId, providerId, credentialId] = [tenant, provider, credential].map(idFromBase62);
  const seconds = fromBase62(end, 4)?.readUInt32BE();
  if (!tenantId || !providerId || !credentialId || !seconds || seconds * 1000 <= now) return null;
  return { tenantId, providerId, credentialId, expiresAt: new Date(seconds * 1000) };
}
