import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { managingProviders } from '../identity-providers/managing-providers.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type ConditionOp, type ConditionValue, never, not } from './condition.ts';
import { comparedText, textOf } from './text.ts';

type Column = RawBuilder<unknown>;
type Compared = (op: ConditionOp, value: ConditionValue | undefined) => RawBuilder<SqlBool>;

const SIGNS = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const isSign = (op: ConditionOp): op is keyof typeof SIGNS => Object.hasOwn(SIGNS, op);

/** Ids are compared as ids; parts and ranges of one, for whoever asks, as text. */
export const idColumn =
  (column: Column): Compared =>
  (op, value) => {
    if (op === 'present') return sql<SqlBool>`${column} is not null`;
    if (op === 'eq' || op === 'in')
      return anyOf(column, op === 'in' ? (value as readonly string[]) : [textOf(value) ?? '']);
    if (op === 'ne') return not(anyOf(column, [textOf(value) ?? '']));
    return comparedText({ written: sql`${column}::text`, caseExact: true }, op, value);
  };

/** One of these ids. What cannot be an id is the id of nothing. */
export function anyOf(column: Column, ids: readonly string[]): RawBuilder<SqlBool> {
  const known = ids.filter(isId);
  if (known.length === 0) return never;
  return known.length === 1
    ? sql<SqlBool>`${column} = ${known[0]}::uuid`
    : sql<SqlBool>`${column} = any(${known}::uuid[])`;
}

export const wordColumn =
  (column: Column): Compared =>
  (op, value) =>
    comparedText({ written: column, caseExact: true }, op, value);

export const flagColumn =
  (column: RawBuilder<SqlBool>): Compared =>
  (op, value) => {
    const wanted = op === 'ne' ? value === false : value !== false;
    if (op === 'present') return sql<SqlBool>`true`;
    if (op !== 'eq' && op !== 'ne') throw invalid('Yes or no can only be equal or not.', 'filter');
    return wanted ? column : not(column);
  };

/** Linked to a provider that manages what is linked to it, or not. */
export const managedColumn =
  (providerId: Column, session: Session): Compared =>
  (op, value) => {
    const wanted = op === 'ne' ? value === false : value !== false;
    return wanted
      ? sql<SqlBool>`${providerId} = any(${managingProviders(session)})`
      : sql<SqlBool>`
        (${providerId} is null or ${providerId} <> all(${managingProviders(session)}))`;
  };

export const instantColumn =
  (column: Column): Compared =>
  (op, value) => {
    if (op === 'present') return sql<SqlBool>`${column} is not null`;
    const at = value instanceof Date ? value : new Date(String(value));
    if (Number.isNaN(at.getTime())) throw invalid('This is not an instant in time.', 'filter');
    if (op === 'ne') return not(sql<SqlBool>`${column} = ${at.toISOString()}::timestamptz`);
    if (!isSign(op)) throw invalid('Instants are compared as equal, before or after.', 'filter');
    return sql<SqlBool>`${column} ${sql.raw(SIGNS[op])} ${at.toISOString()}::timestamptz`;
  };

/** A number or flag within a document. */
export function comparedNumber(
  number: Column,
  op: ConditionOp,
  value: ConditionValue | undefined,
): RawBuilder<SqlBool> {
  if (op === 'ne') return sql<SqlBool>`${number} <> ${Number(value)}::numeric`;
  if (!isSign(op)) throw invalid('Numbers are compared as equal, less or more.', 'filter');
  return sql<SqlBool>`${number} ${sql.raw(SIGNS[op])} ${Number(value)}::numeric`;
}
