import { type RawBuilder, sql } from 'kysely';
import { orderOf } from '../paging/cursor.ts';
import type { SortKey } from '../paging/page.ts';
import {
  concatenated,
  instantJson,
  type Json,
  nullableJson,
  plainJson,
  textJson,
  wordJson,
} from './json.ts';

/** The cursor of a row, in the same bytes as `cursorOf` makes it; `key<n>` are the row's values. */
export function cursorText(keys: readonly SortKey<never>[], row: string): RawBuilder<string> {
  const position = concatenated([
    `["${orderOf(keys)}"`,
    ...keys.flatMap((key, at) => [',', keyJson(key, sql.raw(`${row}.key${at}`))]),
    ']',
  ]);
  const encoded = sql`encode(convert_to(${position}, 'UTF8'), 'base64')`;
  return sql<string>`translate(${encoded}, E'+/=\n', '-_')`;
}

/** The value of a sort key in a cursor. */
function keyJson({ type }: SortKey<never>, value: RawBuilder<unknown>): Json {
  switch (type) {
    case 'text':
      return nullableJson(textJson(value));
    case 'uuid':
      return wordJson(value);
    case 'instant':
      return nullableJson(instantJson(value));
    default:
      return nullableJson(plainJson(value));
  }
}
