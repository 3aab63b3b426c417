import { type RawBuilder, sql } from 'kysely';

type Text = string | null | RawBuilder<unknown>;
const textOf = (text: Text): RawBuilder<unknown> =>
  typeof text === 'object' && text !== null ? text : sql`${text}::text`;

/**
 * Text as the `*_key` columns hold it: the same function of the database that makes them (migration
 * 0009). In code it is `fold` of the room text.
 */
export function folded(text: Text): RawBuilder<string> {
  return sql<string>`fold(${textOf(text)})`;
}

/**
 * A part of such a text, with the white space at its ends: what a prefix, a suffix or a pattern is
 * compared as.
 */
export function caseFolded(text: Text): RawBuilder<string> {
  return sql<string>`casefolded(${textOf(text)})`;
}
