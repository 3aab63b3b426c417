/** The door of the machinery that knows nothing of ours. */
export { BodyError, readBody, type BodyRules } from './body.ts';
export { callerOf } from './client-address.ts';
export { isOutage, isRetryable } from './database-faults.ts';
export { connectionOf } from './database-url.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
export { ensureDatabase } from './embedded-postgres/database.ts';
export { Fault, faultOf } from './fault.ts';
export { Graceful, type Patience } from './graceful.ts';
export { keptSecret } from './kept-secret.ts';
export { createLog, type Log } from './log.ts';
export { createMailer, isRefusedMail, type Mail, type Mailer } from './mailer.ts';
export { Metrics } from './metrics.ts';
export { createPool, endPool, type Connection, type PoolSettings } from './pool.ts';
export { PoolDialect, type PoolDialectOptions } from './pool-dialect.ts';
export { refusedConnection } from './refused-connection.ts';
export { StartRefused } from './start-refused.ts';
export { stopSignal } from './stop-signal.ts';
export { TokenBuckets, type BucketRules, type Draw } from './token-buckets.ts';
