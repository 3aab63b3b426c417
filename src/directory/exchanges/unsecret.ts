import { withoutSecrets } from '../credentials/secret.ts';

/** How much of a body is kept, counted in characters. */
export const KEPT_OF_A_BODY = 64_000;

const DEEPEST = 40;
const REMOVED = '[removed]';
/** Names under which secrets travel, bare or at the end of a URN. */
const SECRET_NAME = /(^|[.:])(password|passwd|pwd|secret|client_?secret|secret_?token|authorization|access_?token|refresh_?token|id_?token|client_?assertion|assertion|api_?key|cookie|set-cookie)$/i;
const SCHEME = /\b(Bearer|Basic)\s+[^\s"',]+/gi;

/**
 * A body as it may be kept: without secrets, wherever a client put them, and no longer than so much of it. What is cut off is
 * said where it was. Work is bounded by what is kept, not by what came.
 */
export function keptOf(body: unknown): unknown {
  return body === undefined ? null : new Keeper().keep(body, 0);
}

/** The same for a line of text, such as a path with its query. */
export function lineWithoutSecrets(text: string): string {
  return withoutSecrets(storable(text)).replace(SCHEME, `$1 ${REMOVED}`).replace(/([?&](?:access_token|token|password|client_secret)=)[^&]*/gi, `$1${REMOVED}`);
}

/** PostgreSQL's text holds no NUL, and its JSON no half of a surrogate pair. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

class Keeper {
  #left = KEPT_OF_A_BODY;

  keep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) {
      this.#left -= 6;
      return value;
    }
    if (depth > DEEPEST) return '[too deep]';
    return Array.isArray(value) ? this.#list(value, depth) : this.#object(value as Record<string, unknown>, depth);
  }

  #text(text: string): string {
    const cut = text.length > this.#left ? `${text.slice(0, Math.max(this.#left, 0))}[… ${text.length - Math.max(this.#left, 0)} more characters]` : text;
    this.#left -= text.length + 3;
    return withoutSecrets(storable(cut)).replace(SCHEME, `$1 ${REMOVED}`);
  }

  #list(values: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const [at, value] of values.entries()) {
      if (this.#left <= 0) return [...kept, `[… ${values.length - at} more]`];
      kept.push(this.keep(value, depth + 1));
    }
    return kept;
  }

  #object(value: Record<string, unknown>, depth: number): Record<string, unknown> {
    const kept: [string, unknown][] = [];
    // A PATCH names what it sets beside the value.
    const setsSecret = Object.entries(value).some(([name, path]) => name.toLowerCase() === 'path' && typeof path === 'string' && SECRET_NAME.test(path.trim()));
    const names = Object.keys(value);
    for (const [at, name] of names.entries()) {
      if (this.#left <= 0) {
        kept.push(['…', `[${names.length - at} more]`]);
        break;
      }
      const secret = SECRET_NAME.test(name) || (setsSecret && name.toLowerCase() === 'value');
      kept.push([this.#text(name), secret ? REMOVED : this.keep(value[name], depth + 1)]);
    }
    return Object.fromEntries(kept);
  }
}
