import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { idFromBase62, idToBase62, toBase62 } from './base62.ts';

/**
 * The kinds of secrets: a person's token, a person's token for SCIM, a service's token, a
 * provider's secret, an invitation.
 */
export const SECRET_KINDS = ['pat', 'scim', 'svc', 'idp', 'inv'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

export interface IssuedSecret {
  text: string;
  digest: string;
  lastFour: string;
}
export interface ReadSecret {
  kind: SecretKind;
  tenantId: string;
  /**
   * The digests to look it up by: with the key, and during a rotation also with the previous key.
   */
  digests: readonly string[];
}

const SPELLED = /^muster_(pat|scim|svc|idp|inv)_([0-9A-Za-z]{22})[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/;
const OURS = /\bmuster_[a-z]+_[0-9A-Za-z]{20,}/g;
/** Without one of these nothing is escaped: nearly every text is looked at once and kept. */
const ESCAPED = /%[0-9a-f]|\\u00/i;
/** A percent sign, itself escaped any number of times (`%25`, `%2525`). */
const PERCENT = '%(?:25){0,8}';
/** The start of a JSON escape, its backslash doubled or percent-encoded any number of times. */
const UNICODE = `(?:\\\\|${PERCENT}5c){1,8}(?:u|${PERCENT}75)(?:0|${PERCENT}30){2}`;
const HEX = `(?:[0-9a-f]|${PERCENT}(?:3[0-9]|[46][1-6]))`;
/** Any letter or digit as an escape. */
const ANY = `${PERCENT}(?:3[0-9]|[46][1-9a-f]|[57][0-9a])|${UNICODE}${HEX}{2}`;
/**
 * A secret of ours with any of its characters escaped. No spelling of a character begins another
 * one of it: linear in the text.
 */
const OURS_ESCAPED = new RegExp(
  `${Array.from('muster_', oneOf).join('')}(?:[a-z]|${ANY}){2,6}${oneOf('_')}(?:[0-9A-Za-z]|${ANY}){20,}`,
  'gi',
);

/** This character, as it is or as an escape. */
function oneOf(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  const digits = Array.from(code, digit => {
    const nested = digit.charCodeAt(0).toString(16);
    return `(?:${digit}|${PERCENT}${nested})`;
  });
  return `(?:${character}|${PERCENT}${code}|${UNICODE}${digits.join('')})`;
}

/**
 * Makes and reads `muster_<kind>_<tenant><256 random bits><checksum>`. Only an HMAC of the text is
 * ever kept. The checksum tells a mistyped secret from a wrong one without asking the database, and
 * lets scanners find one that leaked.
 */
export class Secrets {
  /** The present one, with which everything is made, and during a rotation the one before. */
  readonly #keys: readonly [string, ...string[]];

  constructor(key: string, previousKey?: string) {
    this.#keys = previousKey === undefined ? [key] : [key, previousKey];
  }

  issue(kind: SecretKind, tenantId: string): IssuedSecret {
    return this.#spell(kind, tenantId, randomBytes(32));
  }

  /** The same secret each time for the same cause: a mail sent twice carries one link. */
  derive(kind: SecretKind, tenantId: string, cause: string): IssuedSecret {
    return this.#spell(kind, tenantId, hmac(this.#keys[0], `${kind} for ${cause}`));
  }

  /**
   * The kind and the tenant in the text, and the digests to look it up by; null for text that is no
   * secret of ours.
   */
  read(text: string): ReadSecret | null {
    const [, kind, tenant] = SPELLED.exec(text) ?? [];
    if (!kind || !tenant || text.slice(-6) !== checksum(text.slice(0, -6))) return null;
    const tenantId = idFromBase62(tenant);
    return tenantId
      ? {
          kind: kind as SecretKind,
          tenantId,
          digests: this.#keys.map(key => hmac(key, text).toString('hex')),
        }
      : null;
  }

  /** The end of a secret of ours, by which people recognize it; null for any other text. */
  lastFourOf(text: string): string | null {
    return this.read(text) ? text.slice(-4) : null;
  }

  /**
   * Signs what has to come back unchanged. `purpose` keeps a signature from being used for anything
   * else.
   */
  sign(purpose: string, text: string): string {
    return signature(this.#keys[0], purpose, text);
  }

  isSigned(purpose: string, text: string, given: string): boolean {
    return this.#keys.some(key => {
      const right = Buffer.from(signature(key, purpose, text));
      return given.length === right.length && timingSafeEqual(Buffer.from(given), right);
    });
  }

  #spell(kind: SecretKind, tenantId: string, bytes: Buffer): IssuedSecret {
    const body = `muster_${kind}_${idToBase62(tenantId)}${toBase62(bytes, 43)}`;
    const text = body + checksum(body);
    return { text, digest: hmac(this.#keys[0], text).toString('hex'), lastFour: text.slice(-4) };
  }
}

function signature(key: string, purpose: string, text: string): string {
  return toBase62(hmac(key, `${purpose} of ${text}`), 43);
}

function hmac(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The text with every secret of ours taken out of it. */
export function withoutSecrets(text: string): string {
  const plain = text.includes('muster_') ? text.replace(OURS, '[removed]') : text;
  return ESCAPED.test(plain) ? plain.replace(OURS_ESCAPED, '[removed]') : plain;
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return toBase62(bytes, 6);
}
