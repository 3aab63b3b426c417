import path from 'node:path';
import type { Config } from './config.ts';
import type { DatabaseSettings } from './database.ts';
import {
  firstTenantId,
  createDemoCompany,
  createFirstTenant,
  type Store,
} from './directory/index.ts';
import { type Connection, ensureDatabase, startEmbeddedPostgres } from './platform/index.ts';
import type { RequestAccess } from './requests-role.ts';

/** The configured database, or our own, which is kept up until the signal. */
export async function connect(
  config: Config,
  open: AsyncDisposableStack,
  onNotice: (sentence: string, fault?: unknown) => void,
  until?: AbortSignal,
): Promise<Connection> {
  if (config.database) return config.database;
  const embedded = await startEmbeddedPostgres({
    dataDir: path.join(config.dataDir, 'postgres'),
    onNotice,
  });
  open.defer(() => embedded.stop());
  if (until) embedded.watch(onNotice);
  return ensureDatabase(embedded, 'muster');
}

/** Which keys and which login the tables are made ready for. */
export function accessOf({
  app,
  tokenKey,
  previousTokenKey,
  tokenKeyIsLost,
}: Config): RequestAccess {
  const tokenKeys = previousTokenKey
    ? ([tokenKey, previousTokenKey] as const)
    : ([tokenKey] as const);
  return { app, tokenKeys, keyIsLost: tokenKeyIsLost };
}

/** With which keys and which login requests reach them. */
export function accessTo(
  connection: DatabaseSettings['connection'],
  { app, tokenKey, previousTokenKey, pooler }: Config,
): DatabaseSettings {
  return { connection, app, tokenKey, previousTokenKey, pooler };
}

/**
 * Creates the first tenant of a fresh installation: a demo company in the bundled database, an
 * empty tenant in a database of your own.
 */
export async function begin(store: Store, config: Config): Promise<void> {
  if (await firstTenantId(store)) return;
  await (config.database
    ? createFirstTenant(store, { tenant: config.first.tenant, userName: config.first.owner })
    : createDemoCompany(store));
}
