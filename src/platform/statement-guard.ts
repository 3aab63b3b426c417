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
  settle(held: boolean): void;
}

type Send = <R>(query: CompiledQuery) => Promise<QueryResult<R>>;

/**
 * Sends a statement under a guard. A SELECT carries the condition and runs only where it holds, in
 * the same flight; anything else is sent after the condition was asked by itself.
 */
export async function sendGuarded<R>(
  guard: StatementGuard,
  query: CompiledQuery,
  send: Send,
): Promise<QueryResult<R>> {
  if (!/^\s*select\b/i.test(query.sql)) {
    await prove(guard, send);
    return send<R>(query);
  }
  const { sql, values } = guard.condition(query.parameters.length + 1);
  const result = await send<R & Row>(
    CompiledQuery.raw(
      `select "#answer".* from (select where ${sql}) as "#guard" left join lateral (` +
        `select "#asked".*, true as "#row" from (${query.sql}\n) as "#asked") as "#answer" on true`,
      [...query.parameters, ...values],
    ),
  );
  guard.settle(result.rows.length > 0);
  return { ...result, rows: result.rows.filter(isRow) };
}

/** Asks for the condition by itself. */
export async function prove(guard: StatementGuard, send: Send): Promise<void> {
  const { sql, values } = guard.condition(1);
  const { rows } = await send(CompiledQuery.raw(`select where ${sql}`, [...values]));
  guard.settle(rows.length > 0);
}

interface Row {
  '#row'?: true | null;
}

/** Where the statement found nothing, the join gives one row of nulls. */
function isRow(row: Row): boolean {
  const found = row['#row'] === true;
  delete row['#row'];
  return found;
}
