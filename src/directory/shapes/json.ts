import { type RawBuilder, sql } from 'kysely';

/** An expression whose value is the text of a JSON value, and never null. */
export type Json = RawBuilder<string>;
export type Column = RawBuilder<unknown>;

const orNull = (json: RawBuilder<unknown>): Json => sql<string>`coalesce(${json}, 'null')`;

/**
 * Text and arrays of text: PostgreSQL escapes the same characters in the same way as JavaScript.
 */
export const textJson = (column: Column): Json => sql<string>`to_json(${column})::text`;
/** Ids and words of closed sets need no escapes. */
export const wordJson = (column: Column): Json => sql<string>`'"' || (${column}) || '"'`;
/** Numbers and booleans. */
export const plainJson = (column: Column): Json => sql<string>`(${column})::text`;
/** An instant as `toISOString` writes it. */
export const instantJson = (column: Column): Json =>
  wordJson(sql`to_char((${column}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

export const nullable =
  (json: (column: Column) => Json) =>
  (column: Column): Json =>
    orNull(json(column));
export const nullableJson = orNull;

/** Texts and expressions one after the other, as one expression. */
export function concatenated(pieces: readonly (string | Json)[]): Json {
  const merged: (string | Json)[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string')
      merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  return sql<string>`(${sql.join(
    merged.map(piece => (typeof piece === 'string' ? sql.lit(piece) : sql`(${piece})`)),
    sql` || `,
  )})`;
}

/** An object with these keys, in this order. */
export function objectJson(entries: readonly { key: string; json: string | Json }[]): Json {
  return concatenated([
    '{',
    ...entries.flatMap(({ key, json }, at) => [`${at === 0 ? '' : ','}"${key}":`, json]),
    '}',
  ]);
}
