/** The door of the machinery that knows nothing of ours. */
export { isOutage, isRetryable } from './database-faults.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
export { createPool, type Connection, type PoolSettings } from './pool.ts';
export { PoolDialect, type PoolDialectOptions } from './pool-dialect.ts';
