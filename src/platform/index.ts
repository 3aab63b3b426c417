/** The door of the machinery that knows nothing of ours. */
export { BodyError, readBody, type BodyRules } from './body.ts';
export { isOutage, isRetryable } from './database-faults.ts';
export { connectionOf } from './database-url.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
export { keptSecret } from './kept-secret.ts';
export { createLog, type Log } from './log.ts';
export { createPool, type Connection, type PoolSettings } from './pool.ts';
export { PoolDialect, type PoolDialectOptions } from './pool-dialect.ts';
