import { parse, toClientConfig } from 'pg-connection-string';
import type { Connection } from './pool.ts';

/**
 * Reads a PostgreSQL URL with all its parameters (sslmode, host=/socket, application_name, options ...).
 * sslmode means what PostgreSQL says: `require` encrypts, `verify-full` also checks whom it talks to.
 */
export function connectionOf(url: string): Connection {
  if (!/^(postgres(ql)?|socket):/.test(url)) throw new Error('not a PostgreSQL URL');
  const { database, ...rest } = parse(url, { useLibpqCompat: !url.includes('uselibpqcompat=') });
  if (!database) throw new Error('no database named');
  return toClientConfig({ ...rest, database });
}
