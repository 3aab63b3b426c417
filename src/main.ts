import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Directory, Ground } from './directory/index.ts';

// Before anything is loaded that an older Node could not even read.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  console.error(`Muster needs Node 24.16 or newer; this is Node ${process.versions.node}. Start it through npm (npm start), which uses the Node that was installed with it.`);
  process.exit(1);
}

const { ConfigError, readConfig } = await import('./config.ts');
const { createLog, createMailer, ensureDatabase, isOutage, Metrics, startEmbeddedPostgres, stopSignal } = await import('./platform/index.ts');
const { alone, migrate, openDatabase } = await import('./database.ts');
const { activeOwner, firstTenantId, foundDemoCompany, foundFirst, systemDirectory } = await import('./directory/index.ts');

const commands: Record<string, () => Promise<void>> = { serve, token, migrate: migrateOnly, schema };
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
  const onIdleFault = (fault: Error): void => log.warn({ err: fault }, 'A connection to the database was lost.');
  const database = openDatabase({ connection, replica: config.replica, tokenKey: config.tokenKey, poolMax: config.poolMax, pooler: config.pooler, onIdleFault });
  open.defer(() => database.close());
  const ownersToken = await alone(connection, () => begin(database.ground, config));

  const { startService } = await import('./service.ts');
  const mailer = createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const service = await startService({ config, database, log, metrics: new Metrics(), mailer });
  open.defer(() => service.stop());
  service.http.listen(config.port, config.host);
  await once(service.http, 'listening');
  log.info({ url: config.publicUrl, listening: service.http.address() }, 'Muster is ready.');
  console.log(greeting(config.publicUrl, ownersToken));

  log.info({ because: await stopped }, 'Muster is stopping.');
}

/** A fresh installation gets its first tenant: a demo company in the bundled database, a bare one in a database of your own. */
async function begin(ground: Ground, config: ReturnType<typeof readConfig>): Promise<string | null> {
  if (await firstTenantId(ground)) return null;
  const directory = await (config.database ? foundFirst(ground, { tenant: config.first.tenant, userName: config.first.owner }) : foundDemoCompany(ground));
  return ownersTokenOf(directory);
}

async function ownersTokenOf(directory: Directory): Promise<string> {
  const owner = await activeOwner(directory);
  if (!owner) throw new Error('The first tenant has no active owner.');
  return (await directory.credentials.issuePersonal(owner.id, 'Command line')).secret;
}

function greeting(url: string, ownersToken: string | null): string {
  return [
    '', 'Muster is ready.', '',
    `  GraphQL   ${url}/graphql`,
    `  Sandbox   ${url}/sandbox`,
    `  SCIM      ${url}/scim/v2/<identity provider id>`,
    ...(ownersToken ? ['', `  The owner's token, shown this once:  ${ownersToken}`] : []), '',
  ].join('\n');
}

/** Break-glass and automation: whoever can reach the database gets a fresh token of the first tenant's owner, alone on the last line. */
async function token(): Promise<void> {
  const config = readConfig(process.env);
  await using open = new AsyncDisposableStack();
  const connection = await connect(config, open, console.error);
  await migrate(connection);
  const database = openDatabase({ connection, tokenKey: config.tokenKey, poolMax: 2, pooler: config.pooler });
  open.defer(() => database.close());
  const first = await alone(connection, () => begin(database.ground, config));
  const tenantId = await firstTenantId(database.ground) as string;
  console.log(first ?? await ownersTokenOf(systemDirectory(database.ground, tenantId)));
}

async function migrateOnly(): Promise<void> {
  const config = readConfig(process.env);
  await using open = new AsyncDisposableStack();
  const steps = await migrate(await connect(config, open, console.error));
  console.log(steps.length > 0 ? steps.join('\n') : 'The tables are up to date.');
}

/** Writes down the GraphQL contract as it is built. */
async function schema(): Promise<void> {
  const { schemaText } = await import('./graphql/index.ts');
  writeFileSync('schema/directory.graphql', schemaText());
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
