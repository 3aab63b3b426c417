import { withoutSecrets } from '../credentials/secret.ts';

/** How much of a body is kept, counted in characters. */
export const KEPT_OF_A_BODY = 16_000;

const DEEPEST = 40;
const REMOVED = '[removed]';
/** Names under which secrets travel, bare or at the end of a URN. */
const SECRET_NAME =
  /(^|[.:])(password|passwd|pwd|secret|client_?secret|secret_?token|authorization|access_?token|refresh_?token|id_?token|client_?assertion|assertion|api_?key|cookie|set-cookie)$/i;
const SCHEME = /\b(Bearer|Basic)\s+[^\s"',]+/gi;

/**
 * A body as it may be kept: without secrets, wherever a client put them, and no longer than so much
 * of it. What is cut off is said where it was. Work is bounded by what is kept, not by what came.
 */
export function keptOf(body: unknown): unknown {
  return body === undefined ? null : new Keeper().keep(body, 0);
}

/** The same for a line of text, such as a path with its query. */
export function lineWithoutSecrets(text: string): string {
  return withoutSecrets(storable(text))
    .replace(SCHEME, `$1 ${REMOVED}`)
    .replace(/([?&](?:access_token|token|password|client_secret)=)[^&]*/gi, `$1${REMOVED}`);
}

/** PostgreSQL's text holds no NUL, and its JSON no half of a surrogate pair. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/**
 * Without any of these there is nothing to take out: nearly every text is looked at once and kept.
 */
// oxlint-disable-next-line no-control-regex -- NUL is what cannot be stored
const DOUBTFUL = /[\0\s\uD800-\uDFFF]|muster_|%[0-9a-f]|\\u00/i;

const cleanText = (text: string): string =>
  DOUBTFUL.test(text) ? withoutSecrets(storable(text)).replace(SCHEME, `$1 ${REMOVED}`) : text;

/** The names of attributes come again and again: each is judged once. */
const judged = new Map<string, { text: string; secret: boolean }>();
const MOST_JUDGED = 2_000;

function readName(name: string): { text: string; secret: boolean } {
  let reading = judged.get(name);
  if (!reading) {
    reading = { text: cleanText(name), secret: SECRET_NAME.test(name) };
    if (judged.size >= MOST_JUDGED) judged.clear();
    if (name.length <= 200) judged.set(name, reading);
  }
  return reading;
}

class Keeper {
  #left = KEPT_OF_A_BODY;

  keep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) {
      this.#left -= 6;
      return value;
    }
    if (depth > DEEPEST) return '[too deep]';
    return Array.isArray(value)
      ? this.#list(value, depth)
      : this.#object(value as Record<string, unknown>, depth);
  }

  #text(text: string): string {
    const cut =
      text.length > this.#left
        ? `${text.slice(0, Math.max(this.#left, 0))}[… ` +
          `${text.length - Math.max(this.#left, 0)} more characters]`
        : text;
    this.#left -= text.length + 3;
    return cleanText(cut);
  }

  #name(name: string): string {
    if (name.length > this.#left) return this.#text(name);
    this.#left -= name.length + 3;
    return readName(name).text;
  }

  #list(values: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (let at = 0; at < values.length; at++) {
      if (this.#left <= 0) return [...kept, `[… ${values.length - at} more]`];
      kept.push(this.keep(values[at], depth + 1));
    }
    return kept;
  }

  #object(value: Record<string, unknown>, depth: number): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    const names = Object.keys(value);
    // A PATCH names what it sets beside the value.
    const setsSecret = names.some(
      name =>
        name.length === 4 &&
        name.toLowerCase() === 'path' &&
        typeof value[name] === 'string' &&
        SECRET_NAME.test(value[name].trim()),
    );
    for (const [at, name] of names.entries()) {
      if (this.#left <= 0) {
        kept['…'] = `[${names.length - at} more]`;
        break;
      }
      const text = this.#name(name);
      const secret = readName(name).secret || (setsSecret && name.toLowerCase() === 'value');
      const held = secret ? REMOVED : this.keep(value[name], depth + 1);
      // Assigned, a name that means something to JavaScript would not be kept but obeyed.
      if (text === '__proto__')
        Object.defineProperty(kept, text, { value: held, enumerable: true });
      else kept[text] = held;
    }
    return kept;
  }
}
