import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// Before anything is loaded that an older Node could not even read.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  console.error(`Muster needs Node 24.16 or newer; this is Node ${process.versions.node}. Start it through npm (npm start), which uses the Node that was installed with it.`);
  process.exit(1);
}

const { ConfigError, readConfig } = await import('./config.ts');
const { createLog, ensureDatabase, isOutage, Metrics, startEmbeddedPostgres, stopSignal } = await import('./platform/index.ts');
const { migrate, openDatabase } = await import('./database.ts');
const { createServer } = await import('./server.ts');

const commands: Record<string, () => Promise<void>> = { serve, migrate: migrateOnly };
const START_PATIENCE_MS = 60_000;

try {
  const command = commands[process.argv[2] ?? 'serve'];
  if (!command) throw new ConfigError(`There is no command of that name; there are ${Object.keys(commands).join(', ')}.`);
  await command();
} catch (fault) {
  process.exitCode = 1;
  if (fault instanceof ConfigError) console.error(fault.message);
  else createLog('fatal').fatal({ err: fault }, 'Muster could not start.');
}

/** Config, database, server, outbound; everything opened is closed in reverse, also when the start fails half-way. */
async function serve(): Promise<void> {
  const stopped = stopSignal();
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  await using open = new AsyncDisposableStack();

  const connection = await connect(config, open, sentence => log.info(sentence));
  await whenThere(() => migrate(connection), () => log.warn('The database is not available yet; trying again.'));
  const database = openDatabase({ connection, tokenKey: config.tokenKey, poolMax: config.poolMax, pooler: config.pooler, onIdleFault: fault => log.warn({ err: fault }, 'A connection to the database was lost.') });
  open.defer(() => database.close());

  const metrics = new Metrics();
  metrics.pool(database.pool);
  const ready = () => database.pool.query('select 1').then(() => true);
  const server = createServer({ config, log, metrics, ready, doors: [] });
  open.defer(() => server.stop());
  server.http.listen(config.port, config.host);
  await once(server.http, 'listening');
  log.info({ url: config.publicUrl, listening: server.http.address() }, 'Muster is ready.');

  log.info({ because: await stopped }, 'Muster is stopping.');
}

async function migrateOnly(): Promise<void> {
  const config = readConfig(process.env);
  await using open = new AsyncDisposableStack();
  const steps = await migrate(await connect(config, open, console.error));
  console.log(steps.length > 0 ? steps.join('\n') : 'The tables are up to date.');
}

/** The configured database, or our own. */
async function connect(config: ReturnType<typeof readConfig>, open: AsyncDisposableStack, onNotice: (sentence: string) => void) {
  if (config.database) return config.database;
  const embedded = await startEmbeddedPostgres({ dataDir: path.join(config.dataDir, 'postgres'), onNotice });
  open.defer(() => embedded.stop());
  return ensureDatabase(embedded, 'muster');
}

/** A database that is still starting is waited for: the two are often started together. */
async function whenThere<T>(work: () => Promise<T>, onWait: () => void): Promise<T> {
  for (const deadline = Date.now() + START_PATIENCE_MS; ;) {
    try {
      return await work();
    } catch (fault) {
      if (!isOutage(fault) || Date.now() > deadline) throw fault;
      onWait();
      await delay(1_000);
    }
  }
}
