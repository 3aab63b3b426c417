import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { fold, trim } from '../../text/index.ts';
import type { Page, PageRequest } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { isId } from '../tables/ids.ts';
import { type AccessPath, countEntries, pageOfEntries, type Search } from './access-paths.ts';
import type { Outcome } from './audit-entry.ts';
import { outcomeIs } from './audit-filter.ts';
import type { AuditEntryRow } from './entry-rows.ts';
import { type TimeRange, inTimeRange } from './time-range.ts';

/** The three fields of the report screen, and the outcome: each alone and together. */
export interface ReportFilter {
  /** A user name, an address, an id or an external id, now or at that time. Case does not count. */
  endUser?: string | null | undefined;
  /** A provider's name or id. */
  application?: string | null | undefined;
  timespan?: TimeRange | null | undefined;
  outcome?: readonly Outcome[] | null | undefined;
}

export interface ReportRow {
  at: Date;
  endUser: string;
  application: string;
  direction: 'IN';
  operation: string;
  outcome: Outcome;
  message: string | null;
  entry: AuditEntryRow;
}

/**
 * Entries of providers about members, teams and memberships, failed attempts included. Entries of
 * people are in the log only.
 */
export async function reportPage(
  session: Session,
  filter: ReportFilter,
  request: PageRequest,
): Promise<Page<ReportRow>> {
  session.require('AUDIT_READ');
  const page = await pageOfEntries(session, request, searchFor(session, filter));
  const names = await applicationNames(session);
  return {
    ...page,
    items: page.items.map(item => ({
      row: rowOf(item.row, names),
      get cursor() {
        return item.cursor;
      },
    })),
  };
}

export function reportCount(session: Session, filter: ReportFilter): Promise<number> {
  session.require('AUDIT_READ');
  return countEntries(session, searchFor(session, filter));
}

function searchFor(
  session: Session,
  { endUser, application, timespan, outcome }: ReportFilter,
): Search {
  const rest: RawBuilder<SqlBool>[] = [
    sql`e.provider_id is not null`,
    sql`e.actor ->> 'providerId' is not null`,
    sql`e.subject_type in ('Member', 'Team')`,
    ...(outcome ? [outcomeIs(outcome)] : []),
    ...inTimeRange(timespan ?? {}, 'e'),
  ];
  const ctes = sql`
    with applications as materialized (${applications(session, application)}),
    persons as materialized (${persons(session, endUser)})`;
  if (isMissing(endUser))
    return { ctes, paths: [{ keys: sql`applications`, match: sql`e.provider_id = k.id` }], rest };
  const named = isMissing(application)
    ? []
    : [sql<SqlBool>`e.provider_id = any(array(select id from applications))`];
  return { ctes, paths: byPerson(endUser), rest: [...rest, ...named] };
}

function byPerson(endUser: string): AccessPath[] {
  return [
    { keys: sql`persons`, match: sql`e.subject_id = k.id` },
    { keys: sql`persons`, match: sql`e.related_id = k.id` },
    {
      keys: sql`(select entries_of_handle(${fold(endUser)}) as id)`,
      match: sql`e.id = k.id`,
    },
  ];
}

function applications(
  { tenantId }: Session,
  application: string | null | undefined,
): RawBuilder<unknown> {
  const all = sql`select p.id from identity_providers p where p.tenant_id = ${tenantId}`;
  if (isMissing(application)) return all;
  const name = trim(application);
  return sql`${all} and (p.name_key = ${folded(name)} or p.id = ${idIn(name)}::uuid)`;
}

/** The id itself counts even when nobody has it any more: what was purged is still in the log. */
function persons({ tenantId }: Session, endUser: string | null | undefined): RawBuilder<unknown> {
  if (isMissing(endUser)) return sql`select null::uuid as id where false`;
  const handle = trim(endUser);
  const spellings = [...new Set([handle, handle.toLowerCase(), handle.toUpperCase()])];
  return sql`
    select m.id from members m where m.tenant_id = ${tenantId}
    and (m.user_name_key = ${folded(handle)} or m.email_key = ${folded(handle)})
    union select m.id from identity_providers p join members m on m.tenant_id = p.tenant_id
    and m.provider_id = p.id
      where p.tenant_id = ${tenantId} and m.tenant_id = ${tenantId}
      and m.external_id = any(${spellings}::text[])
    union select i.id from (select ${idIn(handle)}::uuid as id) i where i.id is not null`;
}

async function applicationNames(session: Session): Promise<Map<string, string>> {
  const providers = await session.rows('identity_providers').select(['id', 'name']).execute();
  return new Map(providers.map(({ id, name }) => [id, name]));
}

function rowOf(entry: AuditEntryRow, names: ReadonlyMap<string, string>): ReportRow {
  return {
    at: entry.at,
    endUser: endUserOf(entry),
    application: names.get(entry.providerId as string) ?? '',
    direction: 'IN',
    operation: entry.action,
    outcome: entry.outcome,
    message: entry.reason,
    entry,
  };
}

function endUserOf({
  subjectType,
  subjectHandle,
  subjectName,
  relatedName,
}: AuditEntryRow): string {
  return subjectType === 'Team' ? (relatedName ?? subjectName) : (subjectHandle ?? subjectName);
}

const isMissing = (value: string | null | undefined): value is null | undefined =>
  value === null || value === undefined;
const idIn = (text: string): string | null =>
  isId(text.toLowerCase()) ? text.toLowerCase() : null;
