import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { trim } from '../../text/index.ts';
import { invalid } from '../refusal.ts';
import { caseFolded, folded } from '../tables/folded.ts';
import { type ConditionOp, type ConditionValue, never, not } from './condition.ts';

/**
 * A text of a row: as written, folded where the row keeps it folded, and how rows holding a part of
 * it are found by index.
 */
export interface TextColumn {
  written: RawBuilder<unknown>;
  folded?: RawBuilder<unknown>;
  /** Always compared with case. */
  caseExact?: boolean;
  containing?: (pattern: RawBuilder<string>) => RawBuilder<SqlBool>;
  commonTerms?: ReadonlySet<string> | undefined;
}

/** The shortest part that a trigram index finds; shorter ones are compared row by row. */
export const INDEXED_PART = 3;

const given = (value: string) => sql<string>`${value}::text`;

/** A comparison of text; unless said otherwise, case does not count. */
export function comparedText(
  column: TextColumn,
  op: ConditionOp,
  value: ConditionValue | undefined,
  caseExact = false,
): RawBuilder<SqlBool> {
  const exact = caseExact || column.caseExact === true;
  const key = exact ? column.written : (column.folded ?? folded(column.written));
  if (op === 'present') return sql<SqlBool>`${column.written} <> ''`;
  if (op === 'in') return among(column, key, exact, textsOf(value));
  if (op === 'ne') return not(comparedText(column, 'eq', value, caseExact));

  const text = textOf(value);
  if (text === null) return never;
  const wanted = exact ? given(text) : folded(given(text));
  const part = exact ? given(text) : caseFolded(given(text));
  switch (op) {
    // The folded column is the one that has the index, also where case counts.
    case 'eq':
      return exact && column.folded
        ? sql<SqlBool>`(${column.folded} = ${folded(given(text))} and ${key} = ${wanted})`
        : sql<SqlBool>`${key} = ${wanted}`;
    case 'startsWith':
      return startsWith(column, key, exact, text, part);
    case 'contains':
      return like(column, key, exact, text, part => `%${part}%`);
    case 'endsWith':
      return like(column, key, exact, text, part => `%${part}`);
    case 'gt':
      return sql<SqlBool>`${key} > ${wanted}`;
    case 'gte':
      return sql<SqlBool>`${key} >= ${wanted}`;
    case 'lt':
      return sql<SqlBool>`${key} < ${wanted}`;
    case 'lte':
      return sql<SqlBool>`${key} <= ${wanted}`;
  }
}

/** `%`, `_` and `\` mean themselves. */
export const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function among(
  column: TextColumn,
  key: RawBuilder<unknown>,
  exact: boolean,
  texts: readonly string[],
): RawBuilder<SqlBool> {
  if (exact) return sql<SqlBool>`${key} = any(${texts}::text[])`;
  return sql<SqlBool>`
    ${column.folded ?? key} = any(array(select ${folded(sql`given`)}
    from unnest(${texts}::text[]) as given))`;
}

/**
 * A prefix is a range: no text comes between it and itself followed by the last code point there
 * is.
 */
function startsWith(
  column: TextColumn,
  key: RawBuilder<unknown>,
  exact: boolean,
  text: string,
  wanted: RawBuilder<string>,
): RawBuilder<SqlBool> {
  const indexed = exact ? surePart(text) : text;
  if (!column.folded || indexed === null) return sql<SqlBool>`starts_with(${key}, ${wanted})`;
  const low = caseFolded(given(indexed));
  const range = sql<SqlBool>`
    ${column.folded} >= ${low} and ${column.folded} < ${low} || chr(1114111)`;
  return exact
    ? sql<SqlBool>`(${range} and starts_with(${key}, ${wanted}))`
    : sql<SqlBool>`(${range})`;
}

function like(
  column: TextColumn,
  key: RawBuilder<unknown>,
  exact: boolean,
  text: string,
  pattern: (part: string) => string,
): RawBuilder<SqlBool> {
  const part = pattern(escaped(text));
  const recheck = sql<SqlBool>`${key} like ${exact ? given(part) : caseFolded(given(part))}`;
  const indexed = exact ? surePart(text) : text;
  if (!column.containing || indexed === null || column.commonTerms?.has(text)) return recheck;
  if (indexed.length < INDEXED_PART) return recheck;
  return sql<SqlBool>`
    (${column.containing(caseFolded(given(`%${escaped(indexed)}%`)))} and ${recheck})`;
}

/**
 * The part of a text as written that is sure to be in the folded one too. Folding trims, and
 * composes a letter with the marks behind it: of plain ASCII all but the last letter stays as it
 * is.
 */
function surePart(text: string): string | null {
  const part = trim(text).slice(0, -1);
  return /^[ -~]+$/.test(part) ? part : null;
}

function textsOf(value: ConditionValue | undefined): string[] {
  const values = Array.isArray(value) ? (value as readonly string[]) : [];
  if (values.length > 500) throw invalid('A list of values holds at most 500.', 'filter');
  return values.filter(text => !text.includes('\0'));
}

/** The text to compare with, or nothing when no text of ours can hold it. */
export function textOf(value: ConditionValue | undefined): string | null {
  if (value === undefined || Array.isArray(value))
    throw invalid('This comparison needs a value.', 'filter');
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.includes('\0') ? null : text;
}
