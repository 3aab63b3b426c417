import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { invalid } from '../refusal.ts';

/** How a value is compared. `ne` holds for what has no value too. */
export const CONDITION_OPS = [
  'eq',
  'ne',
  'in',
  'contains',
  'startsWith',
  'endsWith',
  'gt',
  'gte',
  'lt',
  'lte',
  'present',
] as const;
export type ConditionOp = (typeof CONDITION_OPS)[number];
export type ConditionValue = string | number | boolean | Date | readonly string[];

/** A filter, as both doors compile theirs. The leaves differ between members and teams. */
export type Condition<Leaf> =
  | { and: readonly Condition<Leaf>[] }
  | { or: readonly Condition<Leaf>[] }
  | { not: Condition<Leaf> }
  | Leaf;

/** `commonTerms`: parts of text that so many rows hold that no index is worth asking for them. */
export interface FieldCondition<Field extends string> {
  field: Field;
  op: ConditionOp;
  value?: ConditionValue | undefined;
  caseExact?: boolean | undefined;
  commonTerms?: ReadonlySet<string> | undefined;
}

const DEEPEST = 40;
const MOST_LEAVES = 200;

/**
 * The condition as the database reads it. What is unknown (a comparison with nothing) counts as not
 * so, however deep under a `not`.
 */
export function compiled<Leaf extends object>(
  condition: Condition<Leaf>,
  leaf: (leaf: Leaf) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  let leaves = 0;
  const read = (part: Condition<Leaf>, depth: number): RawBuilder<SqlBool> => {
    if (depth > DEEPEST) throw invalid(`A filter may be nested ${DEEPEST} levels deep.`, 'filter');
    if ('and' in part) return joined(part.and, ' and ', 'true', depth);
    if ('or' in part) return joined(part.or, ' or ', 'false', depth);
    if ('not' in part) return not(read(part.not, depth + 1));
    if (++leaves > MOST_LEAVES)
      throw invalid(`A filter may hold ${MOST_LEAVES} comparisons.`, 'filter');
    return leaf(part);
  };
  const joined = (
    parts: readonly Condition<Leaf>[],
    word: string,
    empty: string,
    depth: number,
  ): RawBuilder<SqlBool> => {
    if (parts.length === 0) return sql<SqlBool>`${sql.raw(empty)}`;
    if (parts.length === 1) return read(parts[0] as Condition<Leaf>, depth + 1);
    return sql<SqlBool>`(${sql.join(
      parts.map(part => read(part, depth + 1)),
      sql.raw(word),
    )})`;
  };
  return read(condition, 0);
}

const WORDS_MOST = 8;
/** Free text is looked for word by word. */
export const wordsOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .filter(word => word !== '')
    .slice(0, WORDS_MOST);

export const not = (condition: RawBuilder<SqlBool>): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${condition}) is not true`;
export const never: RawBuilder<SqlBool> = sql<SqlBool>`false`;
