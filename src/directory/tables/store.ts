import type { CompiledQuery, Kysely } from 'kysely';
import type { Secrets } from '../credentials/secret.ts';
import type { Tables } from './entities.ts';
import type { Moment } from './moment.ts';

/**
 * A condition under which statements are answered (see CallerProof): it travels with them until it
 * is known to hold.
 */
export interface Guard {
  readonly holds: boolean;
  condition(first: number): { sql: string; values: readonly unknown[] };
  conclude(held: boolean): void;
}

/** The database, with tables per tenant, and the key that digests secrets. */
export interface Store {
  /**
   * The tables as one tenant sees them: every connection carries the tenant, and without one there
   * are no rows.
   */
  tablesOf(tenantId: string, guard?: Guard): Kysely<Tables>;
  /** The same where a slightly old answer does no harm: from a replica, if there is one. */
  replicaTablesOf(tenantId: string): Kysely<Tables>;
  /**
   * The tables as the service itself: no tenant's rows, only the functions that serve all of them
   * (the relay, maintenance, the first tenant).
   */
  systemTables: Kysely<Tables>;
  /** The proof that a connection sets (`app.tenant`) to see this tenant's rows. */
  proofOf(tenantId: string): string;
  /**
   * Marks the last statement of a transaction, which asks for no rows: it is sent in one flight
   * with the commit.
   */
  withCommit(query: CompiledQuery): CompiledQuery;
  /**
   * Marks a statement of a transaction that is sent in one flight with the next one: its rows are
   * there when that one is answered.
   */
  withNext<R>(query: CompiledQuery<R>): CompiledQuery<R>;
  /** A moment that has not begun. */
  moment(guard?: Guard): Moment;
  secrets: Secrets;
  /**
   * Writes down what this process has noted beside its requests (exchanges, last uses) and not
   * written yet: who asks for it waits for that.
   */
  catchUp?: () => Promise<unknown>;
}
