import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { openDatabase } from './database.ts';
import {
  activeOwner,
  firstTenantId,
  type Store,
  isId,
  Refusal,
  systemDirectory,
} from './directory/index.ts';
import { withMigrationLock, migrate as migrateTables } from './migrate.ts';
import { accessOf, accessTo, begin, connect } from './open.ts';
import { StartRefused } from './platform/index.ts';

// The operator's commands, by the names under which they are called.

const HOUR_MS = 3_600_000;
const TOKEN_HOURS = 12;
const TOKEN_DAYS_MOST = 365;

/**
 * Prints a fresh token of the first tenant's owner, alone on the last line, for emergencies and
 * scripts: access to the database is what authorises it. It expires after 12 hours unless `--days`
 * asks for longer.
 */
export async function token(): Promise<void> {
  const expiresAt = new Date(Date.now() + lifetime(process.argv.slice(3)));
  await using open = new AsyncDisposableStack();
  const store = await storeOf(open);
  const directory = systemDirectory(store, (await firstTenantId(store)) as string);
  const owner = await activeOwner(directory);
  if (!owner) throw new StartRefused('The first tenant has no active owner.');
  const { secret } = await directory.credentials.issuePersonal(owner.id, 'Command line', {
    expiresAt,
  });
  console.log(secret);
}

/**
 * Removes the binding of a member to an account of the OpenID provider, for an account that was
 * made again: the next accepted sign-in binds anew.
 */
export async function unbind(): Promise<void> {
  const [tenantId = '', memberId = ''] = process.argv.slice(3);
  if (!isId(tenantId) || !isId(memberId))
    throw new StartRefused('Say whom: unbind <id of the tenant> <id of the member>.');
  await using open = new AsyncDisposableStack();
  const directory = systemDirectory(await storeOf(open), tenantId);
  const count = await directory.signIns.unbind(memberId).catch((refusal: unknown) => {
    throw refusal instanceof Refusal ? new StartRefused(refusal.message) : refusal;
  });
  console.log(
    count === 0
      ? 'This member is not bound to any sign-in.'
      : 'The next accepted sign-in binds anew.',
  );
}

export async function migrate(): Promise<void> {
  const config = readConfig(process.env);
  await using open = new AsyncDisposableStack();
  const connection = await connect(config, open, console.error);
  const steps = await migrateTables(connection, accessOf(config));
  console.log(steps.length > 0 ? steps.join('\n') : 'The tables are up to date.');
}

/** Writes down the GraphQL contract as it is built. */
export async function schema(): Promise<void> {
  const { schemaText } = await import('./graphql/index.ts');
  writeFileSync('schema/directory.graphql', schemaText());
}

/** The lifetime of the token in milliseconds, from `--days 30`. */
function lifetime(args: string[]): number {
  const complaint = `token takes --days and a whole number from 1 to ${TOKEN_DAYS_MOST}; without it the token lives ${TOKEN_HOURS} hours.`;
  let days: string | undefined;
  try {
    ({ days } = parseArgs({ args, options: { days: { type: 'string' } } }).values);
  } catch (cause) {
    throw new StartRefused(complaint, { cause });
  }
  if (days === undefined) return TOKEN_HOURS * HOUR_MS;
  const count = /^\d{1,3}$/.test(days) ? Number(days) : 0;
  if (count < 1 || count > TOKEN_DAYS_MOST) throw new StartRefused(complaint);
  return count * 24 * HOUR_MS;
}

/** The database for a command: brought to the newest step, and begun if it is fresh. */
async function storeOf(open: AsyncDisposableStack): Promise<Store> {
  const config = readConfig(process.env);
  const connection = await connect(config, open, console.error);
  await migrateTables(connection, accessOf(config));
  const database = openDatabase({ ...accessTo(connection, config), poolMax: 2 });
  open.defer(() => database.close());
  await withMigrationLock(connection, () => begin(database.store, config));
  return database.store;
}
