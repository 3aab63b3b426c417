import { once } from 'node:events';
import module from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// Before anything is loaded that an older Node could not even read.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  console.error(
    `Muster needs Node 24.16 or newer; this is Node ${process.versions.node}. Start it through npm (npm start), which uses the Node that was installed with it.`,
  );
  process.exit(1);
}
if (import.meta.filename.endsWith('.js'))
  // saves a quarter of the next start
  module.enableCompileCache(path.join(import.meta.dirname, '..', '.compiled'));

const { readConfig } = await import('./config.ts');
const { createLog, createMailer, isOutage, Metrics, StartRefused, stopSignal } =
  await import('./platform/index.ts');
const { keepPartitionsAlways } = await import('./partitions.ts');
const { openDatabase } = await import('./database.ts');
const { listenOnPorts } = await import('./listen.ts');
const { withMigrationLock, migrate } = await import('./migrate.ts');
const { accessOf, accessTo, begin, connect } = await import('./open.ts');
const commandsOfOperators = await import('./commands.ts');
const { firstToken, withoutSecrets } = await import('./directory/index.ts');

const commands: Record<string, () => Promise<void>> = { serve, ...commandsOfOperators };
const START_TIMEOUT_MS = 60_000;
/**
 * The time for what follows the last answer: writing what is queued, closing the pool, stopping the
 * database.
 */
const TIDY_UP_MS = 15_000;

try {
  const command = commands[process.argv[2] ?? 'serve'];
  if (!command)
    throw new StartRefused(
      `There is no command of that name; there are ${Object.keys(commands).join(', ')}.`,
    );
  await command();
} catch (fault) {
  process.exitCode = 1;
  if (fault instanceof StartRefused) console.error(fault.message);
  else createLog('fatal').fatal({ err: fault }, 'Muster could not start.');
}

/**
 * Starts config, database, server and outbound in this order. Everything opened is closed in
 * reverse, also when the start fails half-way or is cancelled.
 */
async function serve(): Promise<void> {
  const stop = stopSignal();
  const config = readConfig(process.env);
  const log = createLog(config.logLevel, undefined, withoutSecrets);
  await using open = new AsyncDisposableStack();
  stop.addEventListener('abort', () => {
    log.info({ because: stop.reason as string }, 'Muster is stopping.');
    setTimeout(() => {
      log.fatal('Muster could not stop in order.');
      process.exit(1);
    }, config.shutdownDeadlineMs + TIDY_UP_MS).unref();
  });

  const connection = await connect(
    config,
    open,
    (sentence, fault) => (fault ? log.warn({ err: fault }, sentence) : log.info(sentence)),
    stop,
  );
  const steps = await whenThere(
    () => migrate(connection, accessOf(config)),
    stop,
    () => log.warn('The database is not available yet; trying again.'),
  );
  if (steps.length > 0) log.info({ steps }, 'The tables were brought up to date.');
  if (stop.aborted) return;
  const retention = { auditDays: config.auditKeepDays, exchangeDays: config.exchangeKeepDays };
  const stopPartitions = await keepPartitionsAlways(connection, retention, fault =>
    log.warn({ err: fault }, 'The partitions of the log could not be kept.'),
  );
  open.defer(stopPartitions);
  const database = openDatabase({
    ...accessTo(connection, config),
    replica: config.replica,
    poolMax: config.poolMax,
    onIdleFault: fault => log.warn({ err: fault }, 'A connection to the database was lost.'),
  });
  open.defer(() => database.close());
  await withMigrationLock(connection, () => begin(database.store, config));

  const { startService } = await import('./service.ts');
  const mailer = createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const service = await startService({ config, database, log, metrics: new Metrics(), mailer });
  open.defer(() => service.stop());
  await listenOnPorts(service, config);
  log.info({ url: config.publicUrl, listening: service.http.address() }, 'Muster is ready.');
  // In production the output is collected elsewhere, so no token is printed: `token` makes one at a
  // terminal.
  const token = config.production
    ? null
    : await withMigrationLock(connection, () => firstToken(database.store));
  console.log(greeting(config.publicUrl, token));
  module.flushCompileCache();

  if (!stop.aborted) await once(stop, 'abort');
}

function greeting(url: string, ownersToken: string | null): string {
  return [
    '',
    'Muster is ready.',
    '',
    `  GraphQL   ${url}/graphql`,
    `  Sandbox   ${url}/sandbox`,
    `  SCIM      ${url}/scim/v2/<identity provider id>`,
    ...(ownersToken ? ['', `  The owner's token, shown this once:  ${ownersToken}`] : []),
    '',
  ].join('\n');
}

/**
 * Retries while the database is starting: the two are often started together. Returns nothing when
 * the wait is cancelled.
 */
async function whenThere(
  work: () => Promise<string[]>,
  stop: AbortSignal,
  onWait: () => void,
): Promise<string[]> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; !stop.aborted;) {
    try {
      return await work();
    } catch (fault) {
      if (!isOutage(fault)) throw fault;
      if (Date.now() > deadline)
        throw new StartRefused(
          `The database was not available for ${START_TIMEOUT_MS / 1_000} seconds. See DATABASE_URL.`,
          { cause: fault },
        );
      onWait();
      await delay(1_000, undefined, { signal: stop }).catch(() => {});
    }
  }
  return [];
}
