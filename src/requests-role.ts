import pg from 'pg';
import { loginOf, proofKeyOf } from './database-keys.ts';
import { type Connection, scramVerifier, StartRefused } from './platform/index.ts';

/**
 * The role with the privileges of requests; migrations grant to it. Roles belong to the whole
 * server, so it may exist before the tables do.
 */
export const APP_ROLE = 'muster_app';

/**
 * The logins of requests beside the owner's: derived from the service's keys, the current one
 * first, or the operator's own (DATABASE_APP_URL).
 */
export interface RequestAccess {
  tokenKeys: readonly [string, ...string[]];
  app?: Connection | undefined;
  /** The key of before is lost: what it proved and digested is given up. */
  keyIsLost?: boolean;
}

/**
 * Creates the role that requests log in as, unless it exists. It is a login of its own: a
 * connection that logs in as the owner and then does `set role` could be switched back by any
 * statement with `reset role`.
 */
export async function prepareLogins(pool: pg.Pool, access: RequestAccess): Promise<void> {
  const logins = access.app ? [access.app] : access.tokenKeys.map(loginOf);
  for (const { user, password } of logins) await prepareLogin(pool, String(user), password);
}

interface LoginState {
  app: boolean;
  login: boolean;
  member: boolean;
  settings: boolean;
  database: string;
}

async function prepareLogin(
  pool: pg.Pool,
  user: string,
  password: Connection['password'],
): Promise<void> {
  const { rows } = await pool.query<LoginState>(
    `select a.oid is not null as app, l.oid is not null as login,
       coalesce(pg_has_role(l.oid, a.oid, 'usage'), false) as member,
       exists (select from pg_db_role_setting where setrole = l.oid) as settings,
       quote_ident(current_database()) as database
     from (values ($1, $2)) wanted (app, login)
     left join pg_roles a on a.rolname = wanted.app
     left join pg_roles l on l.rolname = wanted.login`,
    [APP_ROLE, user],
  );
  const state = rows[0] as LoginState;
  const name = pg.escapeIdentifier(user);
  const steps: string[] = [];
  if (!state.app) steps.push(`create role ${APP_ROLE} nologin`);
  if (!state.login)
    steps.push(`create role ${name} login password ${verifier(password)} in role ${APP_ROLE}`);
  else if (!state.member) steps.push(`grant ${APP_ROLE} to ${name}`);
  try {
    for (const step of steps) await pool.query(step).catch(unlessThere);
  } catch (cause) {
    if (!isForbidden(cause)) throw cause;
    throw new StartRefused(
      `The user in DATABASE_URL may not make the role that requests log in as. A superuser has to say, once: ${steps.join('; ')};`,
      { cause },
    );
  }
  // A role may change its own settings, and thereby every later connection: those of a generated
  // login are reset.
  if (state.settings && isGenerated(user))
    for (const where of ['', ` in database ${state.database}`])
      await pool.query(`alter role ${name}${where} reset all`).catch(unlessForbidden);
}

/**
 * Stores the service's keys as those under which tenants are proved, and revokes what the
 * application does not use.
 */
export async function admitService(pool: pg.Pool, access: RequestAccess): Promise<void> {
  await rememberKeys(pool, access);
  const {
    rows: [database],
  } = await pool.query<{ name: string }>('select quote_ident(current_database()) as name');
  // A temporary table would stand in front of ours for whoever uses the connection next.
  await pool.query(`revoke temporary on database ${database?.name} from public, ${APP_ROLE}`);
}

async function rememberKeys(
  pool: pg.Pool,
  { tokenKeys, keyIsLost = false }: RequestAccess,
): Promise<void> {
  const ours = tokenKeys.map(proofKeyOf);
  const { rows } = await pool.query<{ key: Buffer }>('select key from service_keys');
  if (rows.length > 0 && !keyIsLost && !rows.some(({ key }) => ours.some(own => own.equals(key))))
    throw new StartRefused(
      'This database was used with another TOKEN_KEY. Set TOKEN_KEY, or during a rotation TOKEN_KEY_PREVIOUS, to that one. If it is lost, TOKEN_KEY_PREVIOUS=lost starts with the new one: every token, provider secret and invitation link of before is then dead.',
    );
  await pool.query(
    'insert into service_keys (key) select unnest($1::bytea[]) on conflict do nothing',
    [ours],
  );
  // Only the newest key removes others: a process restarted with the old configuration in the
  // middle of a rotation must not lock out the new ones.
  await pool.query(
    `delete from service_keys where key <> all($1::bytea[])
       and (select since from service_keys where key = $2)
         >= (select max(since) from service_keys)`,
    [ours, ours[0]],
  );
}

export const verifier = (password: Connection['password']): string =>
  typeof password === 'string' ? `'${scramVerifier(password)}'` : 'null';
const isGenerated = (user: string): boolean => /^muster_login_[0-9a-f]{12}$/.test(user);
export const codeOf = (fault: unknown): unknown => (fault as { code?: unknown }).code;
const isForbidden = (fault: unknown): boolean => codeOf(fault) === '42501';

export function unlessForbidden(fault: unknown): void {
  if (!isForbidden(fault)) throw fault;
}

/** Another database of the same server may have begun at the same moment. */
function unlessThere(fault: unknown): void {
  if (codeOf(fault) !== '42710' && codeOf(fault) !== '23505') throw fault;
}
