import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { isId } from '../tables/ids.ts';
import type { AccessPath, Search } from './access-paths.ts';
import type { Outcome } from './audit-entry.ts';
import { type TimeRange, inTimeRange } from './time-range.ts';

type List<T> = readonly T[] | null | undefined;

/** Everything that is said holds at once; of a list, any. */
export interface AuditFilter {
  action?: List<string>;
  /** Matches the subject of an entry, or the object related to it. */
  subjectId?: List<string>;
  /** A person, a token or a provider. */
  actorId?: List<string>;
  /** A provider that acted, that owns what was acted upon, or that was itself acted upon. */
  providerId?: List<string>;
  outcome?: List<Outcome>;
  at?: TimeRange | null | undefined;
  correlationId?: string | null | undefined;
  /** The X-Request-Id that callers sent. */
  requestId?: string | null | undefined;
}

interface Dimension {
  paths: AccessPath[];
  condition: RawBuilder<SqlBool>;
}

/** The way in is what narrows most; the rest is asked of each entry on the way. */
export function searchFor(tenantId: string, filter: AuditFilter): Search {
  const dimensions = [...dimensionsOf(tenantId, filter)];
  const way = dimensions.find(({ paths }) => paths.length > 0);
  const others = dimensions.filter(dimension => dimension !== way);
  return {
    paths: way?.paths ?? [],
    rest: [...others.map(({ condition }) => condition), ...inTimeRange(filter.at ?? {}, 'e')],
  };
}

/** From the most telling to the least. */
function* dimensionsOf(
  tenantId: string,
  { correlationId, requestId, subjectId, actorId, providerId, action, outcome }: AuditFilter,
): Generator<Dimension> {
  if (correlationId !== undefined && correlationId !== null) {
    yield {
      paths: [
        { keys: sql`(select ${correlationId}::text as id)`, match: sql`e.correlation_id = k.id` },
      ],
      condition: sql`e.correlation_id = ${correlationId}`,
    };
  }
  if (requestId !== undefined && requestId !== null) {
    yield {
      paths: [{ keys: sql`(select ${requestId}::text as id)`, match: sql`e.request_id = k.id` }],
      condition: sql`e.request_id = ${requestId}`,
    };
  }
  if (subjectId) {
    const ids = subjectId.filter(isId);
    yield {
      paths: [
        { keys: keysOf(ids), match: sql`e.subject_id = k.id` },
        { keys: keysOf(ids), match: sql`e.related_id = k.id` },
      ],
      condition: sql`(e.subject_id = any(${ids}::uuid[]) or e.related_id = any(${ids}::uuid[]))`,
    };
  }
  if (actorId) yield actors(tenantId, actorId.filter(isId));
  if (providerId) {
    const ids = providerId.filter(isId);
    yield {
      paths: [
        { keys: keysOf(ids), match: sql`e.provider_id = k.id` },
        { keys: keysOf(ids), match: sql`e.subject_id = k.id` },
      ],
      condition: sql`(e.provider_id = any(${ids}::uuid[]) or e.subject_id = any(${ids}::uuid[]))`,
    };
  }
  if (action)
    yield {
      paths: [
        {
          keys: sql`(select distinct unnest(${action}::text[]) as id)`,
          match: sql`e.action = k.id`,
        },
      ],
      condition: sql`e.action = any(${action}::text[])`,
    };
  if (outcome) yield { paths: [], condition: outcomeIs(outcome) };
}

/**
 * Nearly everything succeeds, so what did not has an index of its own: said in words that the
 * database can match with it.
 */
export function outcomeIs(outcome: readonly Outcome[]): RawBuilder<SqlBool> {
  const any = sql<SqlBool>`e.outcome = any(${outcome}::text[])`;
  return outcome.includes('SUCCESS') ? any : sql<SqlBool>`e.outcome <> 'SUCCESS' and ${any}`;
}

/**
 * An entry is found by the person, or else the provider, or else the token; a person's token by the
 * person, then by its own id.
 */
function actors(tenantId: string, ids: readonly string[]): Dimension {
  const holders = sql`(select coalesce(c.member_id, c.provider_id, a.id) as id,
    c.id::text as credential_id
    from unnest(${ids}::uuid[]) a (id) left join credentials c on c.tenant_id = ${tenantId}
    and c.id = a.id)`;
  return {
    paths: [
      {
        keys: holders,
        match: sql`
          e.actor_id = k.id and (k.credential_id is null
          or e.actor ->> 'credentialId' = k.credential_id)`,
      },
      {
        keys: keysOf(ids),
        match: sql`e.provider_id = k.id and e.actor ->> 'providerId' = k.id::text`,
      },
    ],
    condition: sql`
      (e.actor_id = any(${ids}::uuid[]) or e.actor ->> 'credentialId' = any(${ids}::text[])
      or e.actor ->> 'providerId' = any(${ids}::text[]))`,
  };
}

const keysOf = (ids: readonly string[]) => sql`(select distinct unnest(${ids}::uuid[]) as id)`;
