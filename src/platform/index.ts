/** The door of the machinery that knows nothing of ours. */
export { isFull, isOutage, isRetryable } from './database-faults.ts';
export { connectionOf } from './database-url.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
export { ensureDatabase } from './embedded-postgres/database.ts';
export { secretInFile } from './secret-file.ts';
export { createLog, type Log } from './log.ts';
export { createMailer, isRefusedMail, type Mail, type Mailer } from './mailer.ts';
export { Metrics } from './metrics.ts';
export { createPool, endPool, type Connection } from './pool.ts';
export { PoolDialect, type PoolDialectOptions } from './pool-dialect.ts';
export { snapshotDialect } from './snapshot-dialect.ts';
export { Snapshot } from './snapshot.ts';
export { Semaphore } from './semaphore.ts';
export { refusedConnection } from './refused-connection.ts';
export { scramVerifier } from './scram.ts';
export { StartRefused } from './start-refused.ts';
export { stopSignal } from './stop-signal.ts';
export { TokenBuckets } from './token-buckets.ts';
