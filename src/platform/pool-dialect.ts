import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import { PoolConnection } from './pool-connection.ts';
import type { StatementGuard } from './statement-guard.ts';

export interface PoolDialectOptions {
  /** Settings every statement runs under, e.g. `{ 'app.tenant': id }`. */
  readonly session: Readonly<Record<string, string>>;
  /** Prepare statements by their text; off behind a transaction pooler. */
  readonly prepare: boolean;
  /**
   * `transaction`: connections change hands at every commit, so the settings travel inside each
   * transaction.
   */
  readonly pooler?: 'none' | 'transaction';
  /** What has to hold for any statement to be answered. */
  readonly guard?: StatementGuard | undefined;
  /** Told of every statement sent. */
  readonly onStatement?: ((sql: string) => void) | undefined;
}

/**
 * A Kysely dialect over the shared pool. There is one per tenant, which carries the tenant's
 * settings.
 */
export class PoolDialect implements Dialect {
  readonly #pool: pg.Pool;
  readonly #options: PoolDialectOptions;

  constructor(pool: pg.Pool, options: PoolDialectOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  createDriver(): Driver {
    return new PoolDriver(this.#pool, this.#options);
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- the signature of Kysely's interface
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new PostgresIntrospector(db);
  }
}

class PoolDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #options: PoolDialectOptions;

  constructor(pool: pg.Pool, options: PoolDialectOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PoolConnection> {
    return new PoolConnection(await this.#pool.connect(), this.#options);
  }

  async beginTransaction(connection: PoolConnection, settings: TransactionSettings): Promise<void> {
    connection.begin(settings);
  }

  commitTransaction(connection: PoolConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: PoolConnection): Promise<void> {
    return connection.rollback();
  }

  async savepoint(connection: PoolConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quoted(name)}`));
  }

  async rollbackToSavepoint(connection: PoolConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to savepoint ${quoted(name)}`));
  }

  async releaseSavepoint(connection: PoolConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release savepoint ${quoted(name)}`));
  }

  async releaseConnection(connection: PoolConnection): Promise<void> {
    connection.release();
  }

  /** The pool is shared and closes with the database, not with one tenant's view of it. */
  async destroy(): Promise<void> {}
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
