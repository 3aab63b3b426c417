import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { Position } from './cursor.ts';
import { SORT_TYPES, type SortKey } from './sort-key.ts';

type Key = Pick<SortKey<never>, 'expression' | 'type' | 'direction' | 'nullable'>;

/**
 * The rows after a position, as ranges of the order to be read one after the other. Nearly always
 * one; two where nulls follow values, which one index comparison cannot express.
 */
export function rangesAfter(keys: readonly Key[], position: Position): RawBuilder<SqlBool>[] {
  const [lead, ...rest] = keys as [Key, ...Key[]];
  const alike = rest.every(key => key.direction === lead.direction && !key.nullable);
  if (!alike) return [compareKeyByKey(keys, position)];
  if (!lead.nullable) return [compareRow(keys, position)];

  const without = sql<SqlBool>`${lead.expression} is null`;
  const among = (tail: Position) =>
    rest.length > 0 ? sql<SqlBool>`${without} and ${compareRow(rest, tail)}` : sql<SqlBool>`false`;
  if (lead.direction === 'asc')
    return position[0] === null
      ? [among(position.slice(1))]
      : [compareRow(keys, position), without];
  return position[0] === null
    ? [among(position.slice(1)), sql<SqlBool>`${lead.expression} is not null`]
    : [compareRow(keys, position)];
}

/**
 * All keys run the same way: one comparison of rows, which an index over the same columns answers.
 */
function compareRow(keys: readonly Key[], position: Position): RawBuilder<SqlBool> {
  const sign = sql.raw(keys[0]?.direction === 'desc' ? '<' : '>');
  return sql<SqlBool>`
    (${sql.join(keys.map(key => key.expression))}) ${sign}
    (${sql.join(keys.map((key, at) => value(key, position[at])))})`;
}

/** Beyond the first key, or level with it and beyond the others. */
function compareKeyByKey(keys: readonly Key[], position: Position): RawBuilder<SqlBool> {
  const [key, ...rest] = keys;
  if (!key) return sql<SqlBool>`false`;
  const [here, ...others] = position;
  return sql<SqlBool>`
    (${isAfter(key, here)} or (${isEqual(key, here)} and ${compareKeyByKey(rest, others)}))`;
}

function isAfter(key: Key, here: Position[number] | undefined): RawBuilder<SqlBool> {
  const { expression, direction, nullable } = key;
  if (here == null)
    return direction === 'asc' ? sql<SqlBool>`false` : sql<SqlBool>`${expression} is not null`;
  if (direction === 'desc') return sql<SqlBool>`${expression} < ${value(key, here)}`;
  return nullable
    ? sql<SqlBool>`(${expression} > ${value(key, here)} or ${expression} is null)`
    : sql<SqlBool>`${expression} > ${value(key, here)}`;
}

function isEqual(key: Key, here: Position[number] | undefined): RawBuilder<SqlBool> {
  return here == null
    ? sql<SqlBool>`${key.expression} is null`
    : sql<SqlBool>`${key.expression} = ${value(key, here)}`;
}

const value = (key: Key, here: Position[number] | undefined) =>
  sql`${here}::${sql.raw(SORT_TYPES[key.type])}`;
