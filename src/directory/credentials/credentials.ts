import type { Permission } from '../actor.ts';
import type { Session } from '../session.ts';
import { createToken } from './create-token.ts';
import { issuePersonal, type NewToken } from './issue-token.ts';
import {
  type ProviderCredentialRow,
  providerCredentialsByIds,
  providerCredentialsOf,
} from './provider-secrets.ts';
import { revokeToken } from './revoke-token.ts';
import { type ApiTokenRow, tokens, tokensByIds } from './token-rows.ts';

export interface TokenSecret {
  token: ApiTokenRow;
  secret: string;
}

/** API tokens and secrets of providers. A secret is returned once, when it is made. */
export class Credentials {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Anybody signed in makes personal tokens; SCIM tokens need PROVISIONING_ADMIN, service tokens
   * ROLE_ADMIN, one that outlives its maker TENANT_ADMIN.
   */
  createToken(token: NewToken): Promise<TokenSecret> {
    return createToken(this.#session, token);
  }

  /**
   * One's own, or another's with PROVISIONING_ADMIN or ROLE_ADMIN and all that its holder may. Dead
   * from the next request on; twice is once.
   */
  revokeToken(id: string): Promise<ApiTokenRow> {
    return revokeToken(this.#session, id);
  }

  /**
   * The token of whoever can reach the database: break-glass and automation. Only the service
   * itself may.
   */
  issuePersonal(
    memberId: string,
    name: string,
    wishes?: { permissions?: readonly Permission[]; expiresAt?: Date | null },
  ): Promise<TokenSecret> {
    return issuePersonal(this.#session, memberId, name, wishes);
  }

  /** The API tokens that the caller may see, newest first, revoked ones included. */
  tokens(): Promise<ApiTokenRow[]> {
    return tokens(this.#session);
  }

  /** API tokens by id, as far as the caller may see them. */
  byIds(ids: readonly string[]): Promise<ApiTokenRow[]> {
    return tokensByIds(this.#session, ids);
  }

  /** The credentials of these providers that work, or that have expired and want a new one. */
  ofProviders(providerIds: readonly string[]): Promise<ProviderCredentialRow[]> {
    return providerCredentialsOf(this.#session, providerIds);
  }

  /** Credentials of providers by id, also those that are no more: the audit log speaks of them. */
  ofProvidersByIds(ids: readonly string[]): Promise<ProviderCredentialRow[]> {
    return providerCredentialsByIds(this.#session, ids);
  }
}
