import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ScimError } from './error.ts';
import { isObject, type Json } from './json.ts';
import type { PageLimits } from './page.ts';

/** The state of a cursor. The position belongs to the caller: whatever finds the next row. */
export interface CursorState {
  readonly position: Json;
  readonly count: number;
}

/** Binds cursors to this server, this caller and this query. */
export interface CursorSeal {
  readonly key: string | Uint8Array;
  /** The key of before, while it is being changed: opens what it sealed, and seals nothing. */
  readonly previousKey?: string | Uint8Array | undefined;
  /**
   * The scope in which the cursor is valid, such as tenant and provider: every page is authorised
   * again (RFC 9865 section 4).
   */
  readonly scope: string;
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NONCE = 12;
const TAG = 16;

/** An opaque, URL-safe text. Encrypted, since a position holds names and addresses of people. */
export function sealCursor(
  { position, count }: CursorState,
  seal: CursorSeal,
  secondsToLive: number,
): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyOf(seal.key), nonce);
  cipher.setAAD(Buffer.from(seal.scope));
  const state = {
    position,
    count,
    question: digest(seal.fingerprint),
    until: seal.now + secondsToLive * 1000,
  };
  const sealed = Buffer.concat([cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/**
 * Reads a cursor back, or says which of RFC 9865's three errors it is. `count` is what this request
 * asks, if it does.
 */
export function openCursor(cursor: string, seal: CursorSeal, count?: number): CursorState {
  const state =
    unsealed(cursor, seal.scope, seal.key) ??
    (seal.previousKey && unsealed(cursor, seal.scope, seal.previousKey));
  if (
    !state ||
    state.question !== digest(seal.fingerprint) ||
    typeof state.count !== 'number' ||
    typeof state.until !== 'number'
  ) {
    throw new ScimError(400, 'This cursor does not belong to this request.', 'invalidCursor');
  }
  if (state.until <= seal.now)
    throw new ScimError(
      400,
      'This cursor has expired: begin again with an empty one.',
      'expiredCursor',
    );
  if (count !== undefined && count !== state.count) {
    throw new ScimError(
      400,
      `'count' must stay at ${state.count}, as on the first page.`,
      'invalidCount',
    );
  }
  return { position: state.position ?? null, count: state.count };
}

/** The first page's count: what the client asked, or the default. */
export const firstCount = (count: number | undefined, limits: PageLimits): number =>
  count ?? Math.min(limits.defaultPageSize, limits.maxPageSize);

function unsealed(cursor: string, scope: string, key: string | Uint8Array) {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length <= NONCE + TAG) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(key), bytes.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(scope));
    decipher.setAuthTag(bytes.subarray(-TAG));
    const text = Buffer.concat([
      decipher.update(bytes.subarray(NONCE, -TAG)),
      decipher.final(),
    ]).toString('utf8');
    const state: unknown = JSON.parse(text);
    return isObject(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (key: string | Uint8Array) =>
  createHash('sha256').update('scim cursor').update(key).digest();
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
