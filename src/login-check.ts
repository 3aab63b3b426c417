import pg from 'pg';
import { requestsConnection } from './database-keys.ts';
import { type Connection, isOutage, StartRefused } from './platform/index.ts';
import {
  APP_ROLE,
  codeOf,
  type RequestAccess,
  unlessForbidden,
  verifier,
} from './requests-role.ts';

interface LoginFacts {
  mighty: boolean;
  owns: boolean;
}

/** Logs in as requests will, and makes sure that this is a role that can become no other. */
export async function assertLoginWorks(
  pool: pg.Pool,
  owner: Connection,
  access: RequestAccess,
): Promise<void> {
  const connection = access.app ?? requestsConnection(owner, access.tokenKeys[0]);
  const facts = await factsOf(connection).catch(async (fault: unknown) => {
    if (codeOf(fault) !== '28P01' || access.app) throw cannotLogIn(connection, fault);
    // Somebody gave the generated login another password.
    const { user, password } = connection;
    await pool
      .query(`alter role ${pg.escapeIdentifier(user!)} password ${verifier(password)}`)
      .catch(unlessForbidden);
    return factsOf(connection).catch((again: unknown) => {
      throw cannotLogIn(connection, again);
    });
  });
  if (facts.mighty || facts.owns)
    throw new StartRefused(
      `Requests would log in as ${connection.user}, which owns tables or may bypass their policies. DATABASE_APP_URL has to name another user than DATABASE_URL, one that is only a member of ${APP_ROLE}.`,
    );
}

async function factsOf(connection: Connection): Promise<LoginFacts> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // what was asked fails too, and says so
  try {
    await client.connect();
    const { rows } = await client.query<LoginFacts>(
      `select
         exists (select from pg_roles r where pg_has_role(current_user, r.oid, 'member')
           and (r.rolsuper or r.rolbypassrls or r.rolcreaterole)) as mighty,
         exists (select from pg_class c where c.relnamespace = 'public'::regnamespace
           and pg_has_role(current_user, c.relowner, 'member')) as owns`,
    );
    return rows[0] as LoginFacts;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * A pooler that does not know the user answers with the code of a lost connection; the server
 * itself with 28000 or 28P01.
 */
function cannotLogIn({ user }: Connection, fault: unknown): unknown {
  const { message = '' } = fault as { message?: string };
  if (!String(codeOf(fault)).startsWith('28') && !/no such user|authentication|SASL/i.test(message))
    return fault;
  if (/timeout/.test(message) && isOutage(fault)) return fault;
  return new StartRefused(
    `The database does not let the user ${user} log in, as which requests come (${message}). Allow it where connections are allowed (pg_hba.conf, or the users of a pooler), or set DATABASE_APP_URL to a user of your own that is a member of ${APP_ROLE}.`,
    { cause: fault },
  );
}
