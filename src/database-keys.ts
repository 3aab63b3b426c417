import { createHash, createHmac } from 'node:crypto';
import type { Connection } from './platform/index.ts';

// Shared secrets of the database and the service, derived from TOKEN_KEY: every process has that
// key, so nothing more has to be stored.

/**
 * The tenant of connections that serve all tenants (the relay, maintenance). It has no rows, and
 * only the service can prove to be it.
 */
export const SERVICE_TENANT = '00000000-0000-0000-0000-000000000000';

/**
 * The user that requests log in as. Its name is derived from the key too, so that two services with
 * different keys can share one server.
 */
export function loginOf(tokenKey: string): { user: string; password: string } {
  return {
    user: `muster_login_${derived(tokenKey, 'login name').toString('hex').slice(0, 12)}`,
    password: derived(tokenKey, 'login password').toString('base64url'),
  };
}

/** The same database, entered as the user that requests log in as. */
export function requestsConnection(owner: Connection, tokenKey: string): Connection {
  return { ...owner, ...loginOf(tokenKey) };
}

/**
 * The key under which `current_tenant()` checks proofs; in the database only the owner can read it.
 */
export function proofKeyOf(tokenKey: string): Buffer {
  return derived(tokenKey, 'proof of a tenant');
}

/**
 * The value of `app.tenant` on a connection: the id of the tenant, and an HMAC of it nested as
 * `current_tenant()` computes it.
 */
export function tenantProof(tokenKey: string, tenantId: string): string {
  const key = proofKeyOf(tokenKey);
  const inner = createHash('sha256').update(key).update(tenantId).digest();
  return tenantId + createHash('sha256').update(key).update(inner).digest('hex');
}

function derived(tokenKey: string, purpose: string): Buffer {
  return createHmac('sha256', tokenKey).update(`database: ${purpose}`).digest();
}
