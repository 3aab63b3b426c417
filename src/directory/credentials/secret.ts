import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { idFromBase62, idToBase62, toBase62 } from './base62.ts';

/** What a secret opens: a person's token, a person's token for SCIM, a product's token, a provider, an invitation. */
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
  digest: string;
}

const SPELLED = /^muster_(pat|scim|svc|idp|inv)_([0-9A-Za-z]{22})[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/;
const OURS = /\bmuster_[a-z]+_[0-9A-Za-z]{20,}/g;

/**
 * Makes and reads `muster_<kind>_<tenant><256 random bits><checksum>`. Only an HMAC of the text is ever kept. The checksum tells
 * a mistyped secret from a wrong one without asking the database, and lets scanners find one that leaked.
 */
export class Secrets {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  issue(kind: SecretKind, tenantId: string): IssuedSecret {
    return this.#spell(kind, tenantId, randomBytes(32));
  }

  /** The same secret each time for the same cause: a mail sent twice carries one link. */
  derive(kind: SecretKind, tenantId: string, cause: string): IssuedSecret {
    return this.#spell(kind, tenantId, this.#hmac(`${kind} for ${cause}`));
  }

  /** What the text says of itself, and the digest to look it up by; null for what is not a secret of ours. */
  read(text: string): ReadSecret | null {
    const [, kind, tenant] = SPELLED.exec(text) ?? [];
    if (!kind || !tenant || text.slice(-6) !== checksum(text.slice(0, -6))) return null;
    const tenantId = idFromBase62(tenant);
    return tenantId ? { kind: kind as SecretKind, tenantId, digest: this.#digest(text) } : null;
  }

  /** Signs what has to come back unchanged. `purpose` keeps a signature from being used for anything else. */
  sign(purpose: string, text: string): string {
    return toBase62(this.#hmac(`${purpose} of ${text}`), 43);
  }

  isSigned(purpose: string, text: string, signature: string): boolean {
    const right = Buffer.from(this.sign(purpose, text));
    const given = Buffer.from(signature);
    return given.length === right.length && timingSafeEqual(given, right);
  }

  #spell(kind: SecretKind, tenantId: string, bytes: Buffer): IssuedSecret {
    const body = `muster_${kind}_${idToBase62(tenantId)}${toBase62(bytes, 43)}`;
    const text = body + checksum(body);
    return { text, digest: this.#digest(text), lastFour: text.slice(-4) };
  }

  #digest(text: string): string {
    return this.#hmac(text).toString('hex');
  }

  #hmac(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** The text with every secret of ours taken out of it. */
export function withoutSecrets(text: string): string {
  return text.includes('muster_') ? text.replace(OURS, '[removed]') : text;
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return toBase62(bytes, 6);
}
