import { type RawBuilder, sql } from 'kysely';

/**
 * Text as the `*_key` columns hold it. Folding brings a collation of its own along, and a comparison under another collation than
 * the column's finds no index: so the column's is put back.
 */
export function folded(text: string | null | RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`lower(${typeof text === 'object' && text !== null ? text : sql`${text}::text`} collate "pg_c_utf8") collate "default"`;
}
