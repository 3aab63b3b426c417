import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { firstIdAt, isId } from '../tables/ids.ts';

/** How a provider fares: when it was last heard of, and how its requests ended within a day. */
export interface ProviderActivityRow {
  providerId: string;
  lastSeenAt: Date | null;
  lastChangeAt: Date | null;
  /** Answers of 400 and above, but for what was refused as it was set up here. */
  failures24h: number;
  /** Answers from 400 to 499. */
  refused24h: number;
  /** Those that somebody should look at: faults of ours, and secrets or rights that do not fit. */
  alarming24h: number;
  /** The most that lay between two exchanges of the last days. */
  longestSilenceMs: number | null;
}

const DAY_MS = 86_400_000;
/**
 * Ids hold the time of their making; the clock that made them may be ahead of the one that wrote
 * `at`.
 */
const SLACK_MS = 60_000;

export async function activityOfProviders(
  { db, tenantId }: Session,
  providerIds: readonly string[],
  now = Date.now(),
): Promise<ProviderActivityRow[]> {
  const { rows } = await sql<ProviderActivityRow>`
    select provider.id as "providerId", activity.last_seen_at as "lastSeenAt",
    activity.last_change_at as "lastChangeAt",
      ended.failures as "failures24h", ended.refused as "refused24h",
      ended.alarming as "alarming24h",
      (select extract(epoch from max(gap)) * 1000 from (
        select recent.at - lag(recent.at) over (order by recent.id) as gap from (
          select sample.id, sample.at from scim_exchanges as sample
          where sample.tenant_id = ${tenantId}::uuid and sample.provider_id = provider.id
          order by sample.id desc limit ${SAMPLE}) as recent) as gaps)::float8 as "longestSilenceMs"
    from unnest(${providerIds.filter(isId)}::uuid[]) as provider(id)
    cross join lateral (
      select count(*) filter (where not one.expected) as failures, count(*) filter (where one.status
      < 500) as refused,
        count(*) filter (where not one.expected and (one.status >= 500
        or one.status in (401, 403))) as alarming
      from scim_exchanges as one
      where one.tenant_id = ${tenantId}::uuid and one.provider_id = provider.id
      and one.id >= ${firstIdAt(now - DAY_MS - SLACK_MS)}::uuid
        and one.at >= ${new Date(now - DAY_MS).toISOString()}::timestamptz
        and one.status >= 400) as ended
    left join provider_activity as activity on activity.tenant_id = ${tenantId}::uuid
    and activity.provider_id = provider.id
  `.execute(db);
  return rows;
}

const SAMPLE = 200;

/**
 * The providers from which somebody or something has come: each asked of an index, none of its
 * members read.
 */
export async function providersWhoCreated({ db, tenantId }: Session): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from identity_providers as provider where provider.tenant_id = ${tenantId}::uuid and (
      exists (select from members where members.tenant_id = ${tenantId}::uuid
      and members.provider_id = provider.id and members.origin <> 'MANUAL')
      or exists (select from teams where teams.tenant_id = ${tenantId}::uuid
      and teams.provider_id = provider.id and teams.origin <> 'MANUAL'))
  `.execute(db);
  return new Set(rows.map(row => row.id));
}
