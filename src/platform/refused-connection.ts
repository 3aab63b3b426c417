import { StartRefused } from './start-refused.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses the user or the password.',
  '28000': 'The database refuses the user, or to be spoken to this way.',
  '3D000': 'The database server has no database of that name.',
  'SELF_SIGNED_CERT_IN_CHAIN':
    'The certificate of the database server is signed by nobody we know (sslmode, sslrootcert).',
  'DEPTH_ZERO_SELF_SIGNED_CERT':
    'The certificate of the database server is signed by nobody but itself (sslmode, sslrootcert).',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    'The certificate of the database server is signed by nobody we know (sslmode, sslrootcert).',
  'ERR_TLS_CERT_ALTNAME_INVALID':
    'The certificate of the database server is for another host (sslmode=verify-full).',
};

/**
 * A refused connection that an operator has to repair, as a sentence; undefined for faults that may
 * pass with time.
 */
export function refusedConnection(fault: unknown): StartRefused | undefined {
  const { code, message } = fault as { code?: unknown; message?: unknown };
  const sentence =
    typeof code === 'string' && Object.hasOwn(SENTENCES, code)
      ? SENTENCES[code]
      : message === 'The server does not support SSL connections'
        ? 'The database server offers no TLS, and the URL asks for it (sslmode).'
        : undefined;
  return sentence === undefined
    ? undefined
    : new StartRefused(`${sentence} See DATABASE_URL.`, { cause: fault });
}
