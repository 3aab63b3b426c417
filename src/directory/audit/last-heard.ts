import { sql } from 'kysely';
import type { Session } from '../session.ts';

/** A link: the id of a member or team, a blank, the id of its provider. */
export type LinkKey = `${string} ${string}`;

/**
 * When a provider last made or changed each of these, from the log: the rows themselves are not
 * written for what only confirms them.
 */
export async function lastHeardOf(
  { db, tenantId }: Session,
  keys: readonly string[],
): Promise<Map<string, Date>> {
  const pairs = keys.map(key => key.split(' '));
  const { rows } = await sql<{ subject: string; provider: string; at: Date }>`
    select asked.subject, asked.provider, heard.at
    from unnest(${pairs.map(([subject]) => subject)}::uuid[],
    ${pairs.map(([, provider]) => provider)}::text[]) as asked (subject, provider)
    cross join lateral (
      select e.at from audit_entries as e where e.tenant_id = ${tenantId}::uuid
      and e.subject_id = asked.subject
        and e.actor ->> 'providerId' = asked.provider and e.outcome = 'SUCCESS' order by e.id desc
        limit 1) as heard
  `.execute(db);
  return new Map(rows.map(({ subject, provider, at }) => [`${subject} ${provider}`, at]));
}

/**
 * The newest entry about what is a provider's: while it stays the same, nothing of the provider's
 * was changed, by any process.
 */
export async function newestEntryOf(
  { db, tenantId }: Session,
  providerId: string,
): Promise<string | undefined> {
  const {
    rows: [newest],
  } = await sql<{ id: string }>`
    select id from audit_entries where tenant_id = ${tenantId}::uuid
    and provider_id = ${providerId}::uuid order by id desc limit 1
  `.execute(db);
  return newest?.id;
}
