import { parse, toClientConfig } from 'pg-connection-string';
import type { Connection } from './pool.ts';

/**
 * Reads a PostgreSQL URL with all its parameters (sslmode, host=/socket, application_name, options
 * ...). sslmode has the meaning that PostgreSQL gives it: `require` encrypts, `verify-full` also
 * verifies the host name.
 */
export function connectionOf(url: string): Connection {
  if (!/^(postgres(ql)?|socket):/.test(url)) throw new Error('not a PostgreSQL URL');
  const { database, ...rest } = parse(url, { useLibpqCompat: !url.includes('uselibpqcompat=') });
  if (!database) throw new Error('no database named');
  return toClientConfig({ ...rest, database });
}
