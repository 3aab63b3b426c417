import type { CompiledQuery, QueryResult } from 'kysely';
import type pg from 'pg';
import { isStalePlan } from './database-faults.ts';
import { PoolConnection } from './pool-connection.ts';
import type { PoolDialectOptions } from './pool-dialect.ts';
import type { StatementGuard } from './statement-guard.ts';

/**
 * Longer than any answer takes. A snapshot keeps vacuum from removing old rows, and holds its
 * connection.
 */
const LONGEST_MS = 60_000;

interface Opened {
  connection: PoolConnection;
  leave: () => void;
  deadline: NodeJS.Timeout;
  answered: boolean;
  closed: boolean;
  failure: Error | undefined;
}

/**
 * Statements of any tenant that read one snapshot: one connection in a read-only REPEATABLE READ
 * transaction. It begins with the first statement, in the same flight; without a statement it takes
 * no connection.
 */
export class Snapshot {
  readonly #pool: pg.Pool;
  readonly #options: Omit<PoolDialectOptions, 'session'>;
  readonly #take: () => Promise<() => void>;
  #opening: Promise<Opened> | null = null;

  /** `take`: waits for its turn to hold a connection, and gives what ends it. */
  constructor(
    pool: pg.Pool,
    options: Omit<PoolDialectOptions, 'session'>,
    take: () => Promise<() => void>,
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#take = take;
  }

  async run<R>(
    session: PoolDialectOptions['session'],
    query: CompiledQuery,
    guard?: StatementGuard,
  ): Promise<QueryResult<R>> {
    const opening = (this.#opening ??= this.#open(session));
    const opened = await opening;
    try {
      if (opened.failure) throw opened.failure;
      opened.connection.switchTo(session);
      const result = await opened.connection.executeUnder<R>(guard, query);
      opened.answered = true;
      return result;
    } catch (fault) {
      // Statements after a failed one fail with "transaction is aborted": the first fault is the
      // cause.
      opened.failure ??= fault as Error;
      if (opened.answered || !isStalePlan(opened.failure)) throw opened.failure;
    }
    // Refused before anything was answered, because a migration changed the columns: a new
    // transaction plans it anew.
    if (this.#opening === opening) this.#opening = null;
    await close(opened);
    return this.run(session, query, guard);
  }

  /** Gives the connection back. The next statement sees another moment. */
  async end(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    const opened = await opening?.catch(() => null);
    if (opened) await close(opened);
  }

  async #open(session: PoolDialectOptions['session']): Promise<Opened> {
    const leave = await this.#take();
    try {
      const connection = new PoolConnection(await this.#pool.connect(), {
        ...this.#options,
        session,
      });
      connection.begin({ isolationLevel: 'repeatable read', accessMode: 'read only' });
      const deadline = setTimeout(() => {
        opened.failure = new LastedTooLong();
        void close(opened);
      }, LONGEST_MS);
      const opened: Opened = {
        connection,
        leave,
        deadline,
        answered: false,
        closed: false,
        failure: undefined,
      };
      return opened;
    } catch (fault) {
      leave();
      throw fault;
    }
  }
}

/** As PostgreSQL says it of a transaction that lasts too long. */
class LastedTooLong extends Error {
  readonly code = '25P04';

  constructor() {
    super('The snapshot was held for too long.');
  }
}

/** Nothing was written: rolling back is committing, and it cannot fail. */
async function close(opened: Opened): Promise<void> {
  if (opened.closed) return;
  opened.closed = true;
  const { connection, leave, deadline } = opened;
  clearTimeout(deadline);
  try {
    await connection.rollback();
  } finally {
    connection.release();
    leave();
  }
}
