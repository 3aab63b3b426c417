import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../session.ts';
import { caseFolded } from '../tables/folded.ts';
import { type Condition, type FieldCondition, wordsOf } from './condition.ts';
import { escaped, INDEXED_PART } from './text.ts';

/**
 * Beyond this many rows an index that finds parts of text costs more than it saves: rows that fit
 * are met soon enough on the way.
 */
const RARE_MOST = 1_000;

/**
 * The same condition, with those parts of text marked that very many rows hold. What is rare is
 * looked up by its index, what is common is read along the order of the page; nobody can know which
 * it is without asking, so the database is asked, once for all parts.
 */
export async function markCommonTerms<Leaf extends object>(
  session: Session,
  condition: Condition<Leaf> | undefined,
  rowsContaining: RawBuilder<unknown>,
): Promise<Condition<Leaf> | undefined> {
  if (condition === undefined) return undefined;
  const parts = [...new Set(partsIn(condition))];
  if (parts.length === 0) return condition;
  const { rows } = await sql<{ place: number }>`
    select part.place::int as place from unnest(${parts.map(part => `%${escaped(part)}%`)}::text[])
    with ordinality as part(pattern, place)
    where (select count(*) from (select ${rowsContaining}(${caseFolded(sql`part.pattern`)})
    limit ${RARE_MOST + 1}) as found) > ${RARE_MOST}
  `.execute(session.db);
  if (rows.length === 0) return condition;
  return withCommonTerms(condition, new Set(rows.map(({ place }) => parts[place - 1] as string)));
}

function* partsIn<Leaf extends object>(condition: Condition<Leaf>): Generator<string> {
  if ('and' in condition || 'or' in condition) {
    for (const part of 'and' in condition ? condition.and : condition.or) yield* partsIn(part);
  } else if ('not' in condition) {
    yield* partsIn(condition.not);
  } else if (isText(condition)) {
    for (const part of condition.field === 'query' ? wordsOf(condition.value) : [condition.value]) {
      if (part.length >= INDEXED_PART && !part.includes('\0')) yield part;
    }
  }
}

function withCommonTerms<Leaf extends object>(
  condition: Condition<Leaf>,
  commonTerms: ReadonlySet<string>,
): Condition<Leaf> {
  if ('and' in condition)
    return { and: condition.and.map(part => withCommonTerms(part, commonTerms)) };
  if ('or' in condition)
    return { or: condition.or.map(part => withCommonTerms(part, commonTerms)) };
  if ('not' in condition) return { not: withCommonTerms(condition.not, commonTerms) };
  return isText(condition) ? { ...condition, commonTerms } : condition;
}

const SEARCHED = new Set(['userName', 'email', 'displayName', 'name', 'query']);

function isText(leaf: object): leaf is FieldCondition<string> & { value: string } {
  const { field, op, value } = leaf as Partial<FieldCondition<string>>;
  return (
    field !== undefined &&
    SEARCHED.has(field) &&
    (op === 'contains' || op === 'endsWith') &&
    typeof value === 'string'
  );
}
