import os from 'node:os';
import { freePort, prepareSocketFolder } from './sockets.ts';
import type { Account } from './account.ts';
import { windows } from './platform-name.ts';

/** Trades safety in a crash for speed: for data nobody wants to keep. */
const EPHEMERAL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
};

/**
 * The settings of one start: no connections from other machines, and on Unix only from the server's
 * account and root.
 */
export async function serverSettings(
  dataDir: string,
  account: Account | undefined,
  options: { ephemeral?: boolean; settings?: Record<string, string> },
): Promise<Record<string, string>> {
  const door = windows
    ? { listen_addresses: '127.0.0.1', port: String(await freePort()) }
    : {
        listen_addresses: '',
        port: '5432',
        unix_socket_directories: prepareSocketFolder(dataDir, account),
      };
  return {
    ...door,
    max_connections: '100',
    shared_buffers: '128MB',
    jit: 'off', // compiling costs more than our short statements take
    timezone: 'UTC',
    log_timezone: 'UTC',
    password_encryption: 'scram-sha-256',
    // containers have a small /dev/shm
    ...(os.platform() === 'linux' ? { dynamic_shared_memory_type: 'mmap' } : {}),
    ...(options.ephemeral ? EPHEMERAL : {}),
    ...options.settings,
  };
}
