import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';

export function bearer(request: Pick<IncomingMessage, 'headers'>): string | null {
  return credentialIn(request.headers.authorization);
}

export function credentialIn(header: unknown): string | null {
  return typeof header === 'string'
    ? (/^Bearer +([\x21-\x7e]{1,8192})$/i.exec(header.trim())?.[1] ?? null)
    : null;
}

export function unauthenticated(): GraphQLError {
  return new GraphQLError('Sign in with a valid token: `Authorization: Bearer <token>`.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}
