import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { folded } from '../tables/folded.ts';
import { comparedNumber } from './columns.ts';
import {
  type Condition,
  type ConditionOp,
  type ConditionValue,
  compiled,
  not,
} from './condition.ts';
import { comparedText } from './text.ts';

export type ProfileType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'binary' | 'reference' | 'complex';

/**
 * An attribute that a provider pushes and no column of ours holds. Names as they stand in the
 * profile.
 */
export interface ProfileAttribute {
  /** Key of the extension that the attribute is in. */
  extension?: string | undefined;
  attribute: string;
  sub?: string | undefined;
  type: ProfileType;
  caseExact: boolean;
  multiValued: boolean;
}

export interface ProfileCondition {
  profile: ProfileAttribute;
  op: ConditionOp;
  value?: ConditionValue | undefined;
}
/** Everything said in `where` holds for one and the same element of the attribute. */
export interface ElementCondition {
  element: { attribute: ProfileAttribute; where: Condition<ProfileCondition> };
}

/** `profile` is the column that holds what was pushed. */
export function comparedProfile(
  profile: RawBuilder<unknown>,
  { profile: on, op, value }: ProfileCondition,
): RawBuilder<SqlBool> {
  const container = at(profile, on);
  // Of a list, some value must differ; what is not there differs as well, unless it is a list.
  if (op === 'ne' && !on.multiValued)
    return not(someElement(container, element => comparedElement(element, on, 'eq', value)));
  return someElement(container, element => comparedElement(element, on, op, value));
}

export function comparedElements(
  profile: RawBuilder<unknown>,
  { element: { attribute, where } }: ElementCondition,
): RawBuilder<SqlBool> {
  // Within one element a part that is not there differs from whatever is asked for.
  const fits =
    (element: RawBuilder<unknown>) =>
    ({ profile: on, op, value }: ProfileCondition) =>
      op === 'ne'
        ? not(comparedElement(element, on, 'eq', value))
        : comparedElement(element, on, op, value);
  return someElement(at(profile, attribute), element => compiled(where, fits(element)));
}

/** The value by which rows are sorted: the attribute itself, or of several its first. */
export function profileValue(
  profile: RawBuilder<unknown>,
  on: ProfileAttribute,
): RawBuilder<unknown> {
  const held = at(profile, on);
  const first = sql`
    case jsonb_typeof(${held}) when 'array' then coalesce(jsonb_path_query_first(${held},
    '$[*] ? (@.primary == true)'), ${held} -> 0) else ${held} end`;
  const text = textIn(sql`(${first})`, on);
  switch (on.type) {
    case 'integer':
    case 'decimal':
      return numberIn(sql`(${first})`, on);
    case 'string':
    case 'reference':
      return on.caseExact ? text : folded(text);
    default:
      return text;
  }
}

const at = (
  profile: RawBuilder<unknown>,
  { extension, attribute }: ProfileAttribute,
): RawBuilder<unknown> =>
  extension === undefined
    ? sql`(${profile} -> ${attribute}::text)`
    : sql`(${profile} -> ${extension}::text -> ${attribute}::text)`;

function someElement(
  held: RawBuilder<unknown>,
  where: (element: RawBuilder<unknown>) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  const elements = sql`
    jsonb_array_elements(case jsonb_typeof(${held}) when 'array' then ${held} when 'null' then '[]'
    else jsonb_build_array(${held}) end)`;
  return sql<SqlBool>`
    (${held} is not null and exists (select from ${elements} as held(element)
    where ${where(sql`held.element`)}))`;
}

function comparedElement(
  element: RawBuilder<unknown>,
  on: ProfileAttribute,
  op: ConditionOp,
  value: ConditionValue | undefined,
): RawBuilder<SqlBool> {
  const text = textIn(element, on);
  if (op === 'present') return sql<SqlBool>`${text} not in ('', '{}', '[]')`;
  if (op === 'ne')
    return sql<SqlBool>`
      (${text} is not null and ${not(comparedElement(element, on, 'eq', value))})`;
  switch (on.type) {
    case 'integer':
    case 'decimal':
      return comparedNumber(numberIn(element, on), op, value);
    case 'boolean':
      return sql<SqlBool>`lower(${text}) = ${String(value)}::text`;
    case 'dateTime':
      return comparedInstant(text, op, value);
    default:
      return comparedText({ written: text }, op, value, on.caseExact);
  }
}

const textIn = (element: RawBuilder<unknown>, { sub }: ProfileAttribute): RawBuilder<string> =>
  sub === undefined
    ? sql<string>`(${element} #>> '{}')`
    : sql<string>`(${element} ->> ${sub}::text)`;

const numberIn = (element: RawBuilder<unknown>, on: ProfileAttribute): RawBuilder<unknown> =>
  sql`
    (case when pg_input_is_valid(${textIn(element, on)}, 'numeric')
    then ${textIn(element, on)}::numeric end)`;

/** Instants come as their sender wrote them; what is none is compared as text. */
function comparedInstant(
  text: RawBuilder<string>,
  op: ConditionOp,
  value: ConditionValue | undefined,
): RawBuilder<SqlBool> {
  const micros = (instant: RawBuilder<unknown>) => sql`extract(epoch from ${instant}::timestamptz)`;
  const wanted = value instanceof Date ? value : new Date(String(value));
  if (Number.isNaN(wanted.getTime())) return comparedText({ written: text }, op, value);
  return comparedNumber(
    sql`(case when pg_input_is_valid(${text}, 'timestamptz') then ${micros(text)} end)`,
    op,
    wanted.getTime() / 1_000,
  );
}
