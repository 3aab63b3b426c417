import { invalidFilter, quoted } from './error.ts';

export type Token =
  | { kind: '(' | ')' | '[' | ']' }
  | { kind: 'word'; text: string }
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number };

const MOST_CHARACTERS = 10_000;
const word = /[\w$:.\-/%+~@#]+/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Each character is looked at once, whatever the text. */
export function tokens(text: string): Token[] {
  if (text.length > MOST_CHARACTERS)
    throw invalidFilter(`A filter may have ${MOST_CHARACTERS} characters.`);
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
    } else if (character === '(' || character === ')' || character === '[' || character === ']') {
      found.push({ kind: character });
      at += 1;
    } else if (character === '"') {
      const end = endOfString(text, at);
      found.push({ kind: 'string', value: stringValue(text.slice(at, end)) });
      at = end;
    } else {
      word.lastIndex = at;
      const match = word.exec(text)?.[0];
      if (match === undefined)
        throw invalidFilter(`The character ${quoted(character)} does not belong in a filter.`);
      found.push(
        number.test(match)
          ? { kind: 'number', value: Number(match) }
          : { kind: 'word', text: match },
      );
      at += match.length;
    }
  }
  return found;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at + 1;
  }
  throw invalidFilter('A text in the filter has no closing quote.');
}

/** Escapes are JSON's (RFC 7644 section 3.4.2.2). */
function stringValue(literal: string): string {
  const value = parsed(literal);
  // An escape can say what no body may hold, and no database either: NUL, and half a character.
  if (value.includes('\0') || !value.isWellFormed())
    throw invalidFilter(`The text ${quoted(literal)} is no text.`);
  return value;
}

function parsed(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    throw invalidFilter(`The text ${quoted(literal)} is not a JSON string.`);
  }
}
