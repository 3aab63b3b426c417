import type { IncomingMessage } from 'node:http';
import { assertShallow } from './json-depth.ts';
import { readBytes } from './body-bytes.ts';
import { BodyError } from './body-error.ts';

export { BodyError };

export interface BodyRules {
  /** The media types this door reads as JSON. */
  types: readonly string[];
  /**
   * Forms too: as their fields, or as the JSON that `curl --data` sends under a form's media type.
   */
  form?: 'fields' | 'json';
  /** Bytes, after inflation. */
  maxBytes?: number;
  /** The deepest nesting of objects and arrays. */
  maxDepth?: number;
  /** The time for the whole body to arrive. */
  timeoutMs?: number;
  /** The value of an empty body; without it an empty body is refused. */
  whenEmpty?: unknown;
}

/**
 * An escape of one half of a surrogate pair without the other: UTF-8 cannot encode it, so
 * PostgreSQL cannot store it.
 */
const LONE_SURROGATE =
  /(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F])/;

const FORM = 'application/x-www-form-urlencoded';

/** Reads a request's body, for every door. Throws BodyError. */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<unknown> {
  const type = mediaType(request);
  const types = rules.form ? [...rules.types, FORM] : rules.types;
  const known = type !== undefined && types.includes(type);
  if (type !== undefined && !known) throw unreadable(types);
  const text = decode(
    await readBytes(request, rules.maxBytes ?? 1_048_576, rules.timeoutMs ?? 15_000),
  );
  if (text.trim() === '') {
    if ('whenEmpty' in rules) return rules.whenEmpty;
    throw new BodyError(400, 'The body is empty.');
  }
  if (!known) throw unreadable(types);
  return type === FORM && rules.form === 'fields'
    ? parseForm(text)
    : parseJson(text, rules.maxDepth ?? 64);
}

function unreadable(types: readonly string[]): BodyError {
  return new BodyError(415, `The body must be ${types.join(' or ')}.`);
}

/** Lower case, without parameters; the only charset we read is UTF-8. */
function mediaType(request: IncomingMessage): string | undefined {
  const header = request.headers['content-type'];
  if (header === undefined) return undefined;
  const [type = '', ...parameters] = header.split(';').map(part => part.trim().toLowerCase());
  for (const parameter of parameters) {
    const charset = /^charset\s*=\s*"?([^"]*)"?$/.exec(parameter)?.[1];
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
      throw new BodyError(415, 'The charset must be utf-8.');
  }
  return type;
}

function decode(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); // a byte order mark is dropped
  } catch {
    throw new BodyError(400, 'The body is not valid UTF-8.');
  }
  // Also as an escape: PostgreSQL's text cannot hold it.
  if (text.includes('\0') || /(?<!\\)(?:\\\\)*\\u0000/.test(text))
    throw new BodyError(400, 'The body contains a NUL character.');
  if (text.includes('\\u') && LONE_SURROGATE.test(text))
    throw new BodyError(400, 'The body contains half a character (a lone surrogate).');
  return text;
}

function parseJson(text: string, maxDepth: number): unknown {
  assertShallow(text, maxDepth);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BodyError(400, 'The body is not valid JSON.');
  }
}

function parseForm(text: string): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) throw new BodyError(400, 'A form field appears twice.');
    if (value.includes('\0') || name.includes('\0'))
      throw new BodyError(400, 'The body contains a NUL character.');
    fields[name] = value;
  }
  return fields;
}
