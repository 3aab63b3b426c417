import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import {
  type Actor,
  authenticate,
  type CallerProof,
  recognize,
  type Trace,
  Directory,
  type Store,
  type UseNotes,
} from '../../directory/index.ts';
import type { InTurn } from '../../platform/http/index.ts';
import { Context } from '../context.ts';
import { AccessTokens, type OidcSettings } from './access-tokens.ts';
import { inTurnOfStream } from './limits/turn.ts';
import type { LogFollowers } from './streams/log-followers.ts';

interface AuthenticatorParts {
  store: Store;
  publicUrl: string;
  followers: LogFollowers;
  oidc?: OidcSettings | undefined;
  noteUse?: UseNotes['note'];
  inTurn?: InTurn;
}

/**
 * Makes the context of a request from its credential. Tenant, person and permissions come from the
 * credential alone; no header, body or path changes them.
 */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #accessTokens: AccessTokens | null;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#accessTokens = parts.oidc ? new AccessTokens(parts.store, parts.oidc) : null;
  }

  /** The context of a request; null without a valid credential. */
  async contextFor(
    credential: string | null,
    trace: Trace = { correlationId: randomUUID() },
  ): Promise<Context | null> {
    const actor = await this.#actorOf(credential);
    return actor && new Context(this.#open(actor, trace), this.#parts.publicUrl);
  }

  /**
   * The context of a caller whom this process remembers, without a question; null for anybody else.
   * Its first statement proves the caller.
   */
  recognize(credential: string | null, trace: Trace): Context | null {
    const { store, publicUrl } = this.#parts;
    const known = credential === null || isJwt(credential) ? null : recognize(store, credential);
    if (!known || known.actor.credential?.kind === 'SCIM' || !mayUseGraphql(known.actor))
      return null;
    return new Context(this.#open(known.actor, trace, known.proof), publicUrl);
  }

  /**
   * The context of a stream. The stream ends when the credential is revoked or loses a permission.
   */
  async streamContextFor(
    credential: string | null,
    _request: IncomingMessage,
    closed: AbortSignal,
  ): Promise<Context | null> {
    const actor = await this.#actorOf(credential);
    if (!actor) return null;
    const isValid = async () => {
      const now = await this.#actorOf(credential);
      return now !== null && now.id === actor.id && sameSet(now.permissions, actor.permissions);
    };
    const ended = new AbortController();
    const until = AbortSignal.any([closed, ended.signal]);
    return new Context(this.#open(actor, { correlationId: randomUUID() }), this.#parts.publicUrl, {
      follow: (source, context) =>
        this.#parts.followers.follow(source, context, { isValid, closed: until }),
      inTurn: work => inTurnOfStream(this.#parts.inTurn, actor.tenantId, work),
      end: () => ended.abort(),
    });
  }

  #open(actor: Actor, trace: Trace, proof?: CallerProof): Directory {
    this.#parts.noteUse?.({ tenantId: actor.tenantId, credentialId: actor.credential?.id ?? null });
    return new Directory(this.#parts.store, actor, trace, actor.tenantId, undefined, proof);
  }

  /**
   * Read from the database for each request: a revocation in another process counts from the next
   * request on.
   */
  async #actorOf(credential: string | null): Promise<Actor | null> {
    if (credential === null) return null;
    if (isJwt(credential)) return (await this.#accessTokens?.actorOf(credential)) ?? null;
    const caller = await authenticate(this.#parts.store, credential);
    if (caller?.actor.credential?.kind === 'SCIM') throw opensScimOnly();
    return caller && mayUseGraphql(caller.actor) ? caller.actor : null;
  }
}

function sameSet(some: ReadonlySet<unknown>, others: ReadonlySet<unknown>): boolean {
  return some.size === others.size && [...some].every(one => others.has(one));
}

/** A provider's secret is for SCIM only. */
function mayUseGraphql(actor: Actor): boolean {
  return actor.credential?.kind !== 'PROVIDER';
}

/** Rule 27: a token for SCIM could otherwise manage the tokens of its person. */
function opensScimOnly(): GraphQLError {
  return new GraphQLError('This token opens SCIM only; use a personal or a service token here.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}

function isJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}
