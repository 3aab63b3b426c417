import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/database.ts';
import { migrate } from '../../src/migrate.ts';
import { Actor, Directory, createFirstTenant, PERMISSIONS } from '../../src/directory/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/index.ts';
import { fill } from './fill.ts';

export interface Setup {
  folder: string;
  postgres: EmbeddedPostgres;
  admin: pg.Client;
  tokenKey: string;
  musterUrl: string;
  floorUrl: string;
  /**
   * The floor's tables and people once more, with the foreign keys from which PostGraphile knows
   * what belongs to what.
   */
  peerUrl: string;
  providerId: string;
  providerSecret: string;
  serviceToken: string;
  stop(): Promise<void>;
}

/**
 * A database server of the run's own, as careful with what it is told as a real one, with the same
 * people in both databases.
 */
export async function prepare(users: number): Promise<Setup> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'muster-bench-'));
  chmodSync(folder, 0o755); // the server's account has to pass through
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'pg'),
    settings: { max_wal_size: '4GB', checkpoint_timeout: '15min' },
  });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (!postgres.dataDir.startsWith(folder))
      rmSync(postgres.dataDir, { recursive: true, force: true });
  };
  try {
    const { host, port, user, password } = postgres;
    const connection = (database: string) => ({ host, port, user, password, database });
    const urlOf = (database: string) =>
      `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
    const admin = await open(connection('postgres'));
    await admin.query('create database muster');
    await admin.query('create database floor');
    const tokenKey = randomBytes(32).toString('hex');
    await migrate(connection('muster'), { tokenKeys: [tokenKey] });
    const { tenantId, ...made } = await found(connection('muster'), tokenKey);
    const [muster, floor] = [await open(connection('muster')), await open(connection('floor'))];
    await fill(muster, floor, {
      tenantId,
      providerId: made.providerId,
      users,
      tokens: [made.providerSecret, made.serviceToken],
    });
    await Promise.all([muster.end(), floor.end()]);
    await admin.query('create database peer template floor');
    const peer = await open(connection('peer'));
    await peer.query(FOREIGN_KEYS);
    await peer.end();
    return {
      folder,
      postgres,
      admin,
      tokenKey,
      musterUrl: urlOf('muster'),
      floorUrl: urlOf('floor'),
      peerUrl: urlOf('peer'),
      ...made,
      stop: async () => {
        await admin.end();
        await stop();
      },
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

const FOREIGN_KEYS = `
  alter table users add foreign key (role_id) references roles;
  alter table memberships add foreign key (group_id) references groups, add foreign key (user_id)
  references users;`;

async function open(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // the server may go first
  await client.connect();
  return client;
}

async function found(connection: pg.ClientConfig, tokenKey: string) {
  const database = openDatabase({ connection: connection as never, tokenKey, poolMax: 2 });
  try {
    const { tenantId } = await createFirstTenant(database.store, {
      tenant: 'Bench',
      userName: 'owner@example.com',
    });
    const directory = new Directory(database.store, Actor.system(tenantId), {
      correlationId: 'bench',
    });
    const { provider, secretToken } = await directory.identityProviders.create({
      name: 'Entra',
      kind: 'ENTRA_ID',
    });
    // The mail that asks a new member in is another work than making the member.
    await directory.identityProviders.update(provider.id, { features: { invitations: 'NEVER' } });
    const { secret } = await directory.credentials.createToken({
      name: 'Bench',
      kind: 'SERVICE',
      permissions: [...PERMISSIONS],
    });
    return {
      tenantId,
      providerId: provider.id,
      providerSecret: secretToken as string,
      serviceToken: secret,
    };
  } finally {
    await database.close();
  }
}
