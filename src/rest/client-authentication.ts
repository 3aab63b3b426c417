import { type Caller, authenticate, type Store } from '../directory/index.ts';
import { invalidClient, invalidRequest } from './oauth-errors.ts';

/**
 * RFC 6749 section 2.3.1: the client's id and secret, in the header or in the body, but not in
 * both.
 */
export interface ClientSecret {
  id: string;
  secret: string;
}

export function clientSecretOf(
  authorization: string,
  fields: Readonly<Record<string, string>>,
): ClientSecret {
  if (authorization === '') return fromBody(fields);
  if (fields['client_secret'] !== undefined)
    throw invalidRequest('The client authenticates in the header or in the body, not in both.');
  const client = fromHeader(authorization);
  if (fields['client_id'] !== undefined && fields['client_id'] !== client.id)
    throw invalidRequest('The header and the body name different clients.');
  return client;
}

/**
 * The provider that a secret belongs to. An unknown client and a secret that is wrong, revoked,
 * expired, switched off or of another kind get the same answer. An access token is refused, since
 * it could renew itself.
 */
export async function authenticateClient(
  store: Store,
  { id, secret }: ClientSecret,
): Promise<Caller & { credentialId: string; provider: { id: string } }> {
  const caller =
    store.secrets.read(secret)?.kind === 'idp' ? await authenticate(store, secret) : null;
  const { provider, credentialId } = caller ?? {};
  if (!caller || !provider || !credentialId || provider.id !== id.toLowerCase())
    throw invalidClient();
  return { ...caller, provider, credentialId };
}

function fromBody({
  client_id: id,
  client_secret: secret,
}: Readonly<Record<string, string>>): ClientSecret {
  if (id === undefined || secret === undefined) throw invalidClient();
  return { id, secret };
}

function fromHeader(authorization: string): ClientSecret {
  const encoded = /^Basic +([\w+/-]{1,12000}={0,2})$/i.exec(authorization.trim())?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString();
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (id === undefined || secret === undefined) throw invalidClient();
  return { id: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}
