import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { GraphQLError } from 'graphql';
import { type Actor, authenticateMember, type Store, isId } from '../../directory/index.ts';

export interface OidcSettings {
  issuer: string;
  audience: string;
  /** URL of the key set; taken from the issuer's discovery document when not given. */
  jwksUrl?: string | undefined;
  /** The claim that holds the id of the tenant. */
  tenantClaim: string;
  /**
   * The claim that identifies the member until the subject is bound: `email` holds an address, any
   * other claim an id, a user name or an address.
   */
  memberClaim: string;
}

/**
 * Asymmetric algorithms only: with a shared secret, every service that checks tokens could also
 * make them.
 */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** RFC 9068 says at+jwt; providers older than it say JWT. */
const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt']);
/** Names of claims that hold an address and nothing else, with or without a namespace in front. */
const NAMES_AN_ADDRESS = /(^|[/:.])e?mail(_?address)?$/i;
/** Codes of errors while fetching keys; the token itself may be good. */
const KEY_SET_ERRORS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/**
 * Verifies access tokens of the configured OpenID provider: signature, audience, expiry, and a
 * tenant and a member that exist.
 */
export class AccessTokens {
  readonly #store: Store;
  readonly #settings: OidcSettings;
  #keys: Promise<JWTVerifyGetKey> | null = null;

  constructor(store: Store, settings: OidcSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  async actorOf(token: string): Promise<Actor | null> {
    const claims = await this.#verified(token);
    const tenantId = claims?.[this.#settings.tenantClaim];
    const handle = claims?.[this.#settings.memberClaim];
    if (
      !claims ||
      typeof tenantId !== 'string' ||
      !isId(tenantId) ||
      typeof handle !== 'string' ||
      handle.trim() === ''
    )
      return null;
    const caller = await authenticateMember(this.#store, {
      tenantId,
      issuer: this.#settings.issuer,
      subject: claims.sub as string,
      claimed: handle,
      isAddress: NAMES_AN_ADDRESS.test(this.#settings.memberClaim),
      isVerified: isVerifiedAddress(claims, handle),
      expiresAt: new Date((claims.exp as number) * 1_000),
    });
    return caller?.actor ?? null;
  }

  async #verified(token: string): Promise<JWTPayload | null> {
    const { issuer, audience } = this.#settings;
    const keys = await (this.#keys ??= this.#findKeys());
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ASYMMETRIC,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 5,
      });
      return TYPES.has(protectedHeader.typ?.toLowerCase() ?? '') ? payload : null;
    } catch (refused) {
      if (refused instanceof errors.JOSEError && !KEY_SET_ERRORS.has(refused.code)) return null;
      throw unreachable(refused);
    }
  }

  #findKeys(): Promise<JWTVerifyGetKey> {
    const found = this.#jwksUrl().then(url =>
      createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000 }),
    );
    found.catch(() => {
      this.#keys = null;
    });
    return found;
  }

  async #jwksUrl(): Promise<string> {
    const { issuer, jwksUrl } = this.#settings;
    if (jwksUrl) return jwksUrl;
    try {
      const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(5_000),
      });
      const discovery = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
      if (discovery.issuer !== issuer || typeof discovery.jwks_uri !== 'string')
        throw new Error(
          'The discovery document of the OpenID provider is of another issuer, or names no keys.',
        );
      return discovery.jwks_uri;
    } catch (fault) {
      throw unreachable(fault);
    }
  }
}

/**
 * `email_verified` is about the claim `email`. It verifies the claim that names the member if that
 * has the same value, or if there is no `email`. Some providers send the flag as text.
 */
function isVerifiedAddress(
  { email, email_verified: verified }: JWTPayload & { email?: unknown; email_verified?: unknown },
  handle: string,
): boolean {
  if (verified !== true && verified !== 'true') return false;
  return email === undefined || (typeof email === 'string' && email === handle);
}

/**
 * Without keys a token can be neither accepted nor refused: 503, so that the client keeps it and
 * retries.
 */
function unreachable(cause: unknown): GraphQLError {
  return new GraphQLError('The OpenID provider cannot be reached at the moment; try again.', {
    originalError: cause instanceof Error ? cause : null,
    extensions: { code: 'SERVICE_UNAVAILABLE', http: { status: 503 } },
  });
}
