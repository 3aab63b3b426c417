/**
 * The folding under which two spellings are one name (rule 19): white space at both ends removed,
 * then equal under Unicode's canonical caseless matching (The Unicode Standard, D145), in NFC. The
 * function `fold` of migration 0009 folds in the same way; a test compares both over every code
 * point.
 */
export function fold(text: string): string {
  return caseFold(trim(text));
}

/** The same for a part of a name: white space at its ends is looked for. */
export function caseFold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.replace(KNOWN, part =>
    Array.from(part.normalize('NFD'), caseFoldOf).join('').normalize('NFC'),
  );
}

export const isSame = (one: string, other: string): boolean => fold(one) === fold(other);

/**
 * Removes Unicode white space and the byte order mark at both ends. One pass: a regular expression
 * would take quadratic time.
 */
export function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && WHITE_SPACE.test(text[start]!)) start++;
  while (end > start && WHITE_SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

const WHITE_SPACE = /[\s\u0085]/;
// oxlint-disable-next-line no-control-regex -- ASCII begins with them
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/**
 * All characters except those that Node 24 (Unicode 17) folds or reorders and PostgreSQL 18
 * (Unicode 16) does not know yet. Those stay as they are, and the text on either side of one is
 * folded separately.
 */
const KNOWN =
  /[^\u1acf-\u1add\u1ae0-\u1aeb\ua7ce\ua7d2\ua7d4\u{10efa}\u{10efb}\u{16ea0}-\u{16eb8}\u{1e6e3}\u{1e6e6}\u{1e6ee}\u{1e6ef}\u{1e6f5}]+/gu;

/**
 * Unicode's full case folding of one character. JavaScript has none: lower case of upper case is
 * the same except for these.
 */
function caseFoldOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code === 0x131) return character; // the dotless i is a letter of its own
  if (code === 0x1e9e) return 'ss'; // the capital sharp s is its own upper case
  // Cherokee folds to capitals: they were there before the small letters.
  if (code >= 0x13a0 && code <= 0x13f5) return character;
  if (code >= 0x13f8 && code <= 0x13fd) return String.fromCodePoint(code - 8);
  if (code >= 0xab70 && code <= 0xabbf) return String.fromCodePoint(code - 0xab70 + 0x13a0);
  return character.toUpperCase().toLowerCase();
}
