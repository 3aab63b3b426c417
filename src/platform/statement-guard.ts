import { CompiledQuery, type QueryResult } from 'kysely';

/**
 * A condition without which no statement may be answered, checked by the database itself. Until it
 * is known to hold, it travels with the statements.
 */
export interface StatementGuard {
  readonly holds: boolean;
  /** The condition as SQL, its values beginning with `$<first>`. */
  condition(first: number): { sql: string; values: readonly unknown[] };
  /** Takes what the database found; throws when it does not hold. */
  conclude(held: boolean): void;
}

type Send = <R>(query: CompiledQuery) => Promise<QueryResult<R>>;

/** Whether a statement can carry the condition; any other is sent after it was asked by itself. */
export const carriesGuard = ({ sql }: CompiledQuery): boolean => /^\s*select\b/i.test(sql);

/** Sends a SELECT that runs only where the condition holds, which is asked in the same flight. */
export async function sendGuarded<R>(
  guard: StatementGuard,
  query: CompiledQuery,
  send: Send,
): Promise<QueryResult<R>> {
  const { sql, values } = guard.condition(query.parameters.length + 1);
  const result = await send<R & Row>(
    CompiledQuery.raw(
      `select "#answer".* from (select where ${sql}) as "#guard" left join lateral (` +
        `select "#asked".*, true as "#found" from (${query.sql}\n) as "#asked") as "#answer" on true`,
      [...query.parameters, ...values],
    ),
  );
  guard.conclude(result.rows.length > 0);
  return { ...result, rows: found<R>(result.rows) };
}

/** Asks for the condition by itself. */
export async function prove(guard: StatementGuard, send: Send): Promise<void> {
  const { sql, values } = guard.condition(1);
  const { rows } = await send(CompiledQuery.raw(`select where ${sql}`, [...values]));
  guard.conclude(rows.length > 0);
}

interface Row {
  '#found'?: true | null;
}

/**
 * The rows of the statement itself: where it found nothing, the join gives one of nulls. Copied,
 * because an object that a property is deleted from is slow to read ever after.
 */
function found<R>(rows: readonly (R & Row)[]): R[] {
  if (rows[0]?.['#found'] !== true) return [];
  return rows.map(({ '#found': _, ...row }) => row as R);
}
