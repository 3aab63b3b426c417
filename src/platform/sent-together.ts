import type { CompiledQuery } from 'kysely';

const withTheCommit = new WeakSet<CompiledQuery>();
const withTheNext = new WeakSet<CompiledQuery>();

/**
 * Marks the last statement of a transaction: it is answered at once, without rows, and sent in one
 * flight with the commit, which fails if it does. A rollback leaves it out.
 */
export function withCommit<R>(query: CompiledQuery<R>): CompiledQuery<R> {
  withTheCommit.add(query);
  return query;
}

/**
 * Marks a statement of a transaction that nobody waits for: it is sent in one flight with the next
 * one, which is executed after it and fails if it does. Its rows are there when the next statement
 * is answered, and it is not answered without it: a guard goes with that one.
 */
export function withNext<R>(query: CompiledQuery<R>): CompiledQuery<R> {
  withTheNext.add(query);
  return query;
}

export const isSentWithCommit = (query: CompiledQuery): boolean => withTheCommit.has(query);
export const isSentWithNext = (query: CompiledQuery): boolean => withTheNext.has(query);
