import pg from 'pg';
import type { House, Person, Provider } from '../support/people.ts';

/**
 * What an examiner from outside has in hand: names of the wire, other credentials at the same URL,
 * and the log.
 */
export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const NOBODY = {
  schemas: [LIST],
  totalResults: 0,
  startIndex: 1,
  itemsPerPage: 0,
  Resources: [],
};

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into freely
export type Body = any;
/** Status and body alone: what a test compares. */
export type Said = [status: number, body: Body];

export async function scim(
  provider: Provider,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Said> {
  const answer = await provider.scim(method, path, body, headers);
  return [answer.status, answer.body];
}

export const patch = (provider: Provider, path: string, ...Operations: object[]): Promise<Said> =>
  scim(provider, 'PATCH', path, { schemas: [PATCH_OP], Operations });
export const find = async (
  provider: Provider,
  resource: string,
  filter: string,
): Promise<string[]> => {
  const [status, body] = await scim(
    provider,
    'GET',
    `/${resource}?filter=${encodeURIComponent(filter)}`,
  );
  if (status !== 200) throw new Error(`${filter} answered ${status}: ${JSON.stringify(body)}`);
  return (body.Resources as { id: string }[]).map(({ id }) => id);
};

/** A member or team as a person reads it. */
export const memberOf = async (person: Person, id: string, fields: string): Promise<Body> =>
  (await person.ask(`query ($id: ID!) { member(id: $id) { ${fields} } }`, { id }))['member'];
export const teamOf = async (person: Person, id: string, fields: string): Promise<Body> =>
  (await person.ask(`query ($id: ID!) { team(id: $id) { ${fields} } }`, { id }))['team'];

/** The same URL with another secret. */
export const as = (provider: Provider, secret: string): Provider =>
  Object.assign(Object.create(Object.getPrototypeOf(provider) as object) as Provider, provider, {
    secret,
  });

export async function accessToken(
  origin: string,
  clientId: string,
  secret: string,
): Promise<string> {
  const answer = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      scope: 'scim',
    }),
  });
  if (answer.status !== 200) throw new Error(`The token endpoint answered ${answer.status}.`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** What the log says, oldest first: `action`, or `FAILURE action`. */
export async function logged(by: Person, filter: Record<string, unknown> = {}): Promise<string[]> {
  const { tenant } = await by.ask(
    'query ($filter: AuditFilter) { tenant { auditLog(first: 500, filter: $filter) { nodes { action outcome } } } }',
    { filter },
  );
  return (tenant.auditLog.nodes as { action: string; outcome: string }[])
    .map(({ action, outcome }) => (outcome === 'SUCCESS' ? action : `${outcome} ${action}`))
    .toReversed();
}

/**
 * What the log holds after some work that it did not hold before, oldest first, with whom it is
 * about.
 */
export async function loggedBy(by: Person, work: () => Promise<unknown>): Promise<string[]> {
  const { tenant: before } = await by.ask('{ tenant { auditLog(first: 1) { nodes { id } } } }');
  await work();
  const { tenant } = await by.ask(
    '{ tenant { auditLog(first: 500) { nodes { id action outcome subjectName } } } }',
  );
  const nodes = tenant.auditLog.nodes as {
    id: string;
    action: string;
    outcome: string;
    subjectName: string;
  }[];
  const known = nodes.findIndex(({ id }) => id === before.auditLog.nodes[0]?.id);
  return (known < 0 ? nodes : nodes.slice(0, known))
    .map(
      ({ action, outcome, subjectName }) =>
        `${outcome === 'SUCCESS' ? '' : `${outcome} `}${action} ${subjectName}`,
    )
    .toReversed();
}

/** Machinery beside the directory: heard of, used last, being delivered. */
const BESIDE = new Set([
  'scim_exchanges',
  'provider_activity',
  'credential_uses',
  'outbox',
  'invitations',
  'mail_counts',
]);

/**
 * Everything that the database holds, of every tenant, as one text; `within` the directory alone,
 * or with the machinery beside it.
 */
export async function everything(
  house: House,
  within: 'directory' | 'all' = 'directory',
): Promise<string> {
  const client = new pg.Client({ connectionString: house.databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p') and not relispartition order by 1`,
    );
    const texts: string[] = [];
    for (const { name } of tables.filter(table => within === 'all' || !BESIDE.has(table.name))) {
      const { rows } = await client.query<{ all: string | null }>(
        `select string_agg(t::text, E'\n' order by t::text) as all from ${client.escapeIdentifier(name)} t`,
      );
      texts.push(`${name}\n${rows[0]!.all ?? ''}`);
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

/** The lines that one text has and the other has not. */
export const difference = (before: string, after: string): string[] => {
  const [one, other] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  return [
    ...[...one].filter(line => !other.has(line)).map(line => `- ${line}`),
    ...[...other].filter(line => !one.has(line)).map(line => `+ ${line}`),
  ];
};
