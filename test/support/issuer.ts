import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { expect } from 'vitest';

export const AUDIENCE = 'urn:muster:api';

export interface Issuer {
  url: string;
  jwksUrl: string;
  key: CryptoKey;
  /**
   * An access token as the provider signs it: for this subject, one of those it was opened with,
   * saying this beside.
   */
  token(subject: string, claims?: Record<string, unknown>, resource?: string): Promise<string>;
  close(): void;
}

/**
 * A real OpenID provider on a port of its own: its access tokens are JWTs for the audience asked
 * for, with the claims that the test wants.
 */
export async function openIssuer(subjects: readonly string[]): Promise<Issuer> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = {
    ...(await exportJWK(pair.privateKey)),
    kid: 'of-the-test',
    alg: 'ES256',
    use: 'sig',
  };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  let said: Record<string, unknown> = {};
  const oidc = new Provider(url, {
    jwks: { keys: [jwk as never] },
    clients: subjects.map(client_id => ({
      client_id,
      client_secret: 'secret',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256' as const,
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 60,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => said,
    ttl: { ClientCredentials: 60 },
  });
  const answer = oidc.callback();
  server.on('request', (request, response) => void answer(request, response));

  return {
    url,
    jwksUrl: `${url}/jwks`,
    key: pair.privateKey,
    async token(subject, claims = {}, resource = AUDIENCE) {
      said = claims;
      const client = Buffer.from(`${encodeURIComponent(subject)}:secret`).toString('base64');
      const granted = await fetch(`${url}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${client}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
      });
      const body = (await granted.json()) as { access_token?: string };
      expect(body.access_token, JSON.stringify(body)).toMatch(/^ey/);
      return body.access_token!;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
