import { type RawBuilder, sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import {
  pagePlanOf,
  type Page,
  pageIn,
  type PageRequest,
  type SortKey,
  windowOf,
} from '../paging/page.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { ConflictCaseSchema } from './conflict-case.ts';

export const conflictColumns = columnsOf(ConflictCaseSchema);
export type ConflictCaseRow = RowOf<'conflict_cases', typeof conflictColumns>;

const row = columnList(conflictColumns);

/**
 * Cases that a person can still resolve. One whose candidate was deleted, linked to this provider
 * or given another name is none any more, nor one where the provider has got the name meanwhile: it
 * will not meet the candidate again. That is derived, so that no verb has to think of it.
 */
const resolvable = ({
  tenantId,
}: Session) => sql<boolean>`conflict_cases.settled_at is null and case conflict_cases.kind
  when 'member' then exists (select from members where members.tenant_id = ${tenantId}::uuid
  and members.id = conflict_cases.candidate_id
    and members.user_name_key = conflict_cases.name_key and members.state <> 'DELETED'
    and members.provider_id is distinct from conflict_cases.provider_id)
    and not exists (select from members as own where own.tenant_id = ${tenantId}::uuid
    and own.user_name_key = conflict_cases.name_key
      and own.state <> 'DELETED' and own.provider_id = conflict_cases.provider_id)
  else exists (select from teams where teams.tenant_id = ${tenantId}::uuid
  and teams.id = conflict_cases.candidate_id
    and teams.name_key = conflict_cases.name_key and teams.provider_id is distinct
    from conflict_cases.provider_id)
    and not exists (select from teams as own where own.tenant_id = ${tenantId}::uuid
    and own.name_key = conflict_cases.name_key
      and own.provider_id = conflict_cases.provider_id) end`;

/** Open cases of many providers at once, oldest first; to those who may resolve or read them. */
export async function openConflictsOf(
  session: Session,
  providerIds: readonly string[],
  request: PageRequest = {},
): Promise<Map<string, Page<ConflictCaseRow>>> {
  session.require('DIRECTORY_READ');
  const plan = pagePlanOf(request, [byId]);
  const window = windowOf(plan, [byId]);
  const { rows } = await sql<ConflictCaseRow>`
    select found.* from unnest(${providerIds}::uuid[]) as provider(id) cross join lateral (
      select ${row} from conflict_cases
      where conflict_cases.tenant_id = ${session.tenantId}::uuid
      and conflict_cases.provider_id = provider.id and ${resolvable(session)} and ${window.where}
      order by ${window.order} ${window.limitOffset}
    ) as found
  `.execute(session.db);
  const found = Map.groupBy(rows, conflict => conflict.providerId);
  return new Map(providerIds.map(id => [id, pageIn(plan, [byId], found.get(id) ?? [])]));
}

export async function countOpenConflictsOf(
  session: Session,
  providerIds: readonly string[],
): Promise<Map<string, number>> {
  session.require('DIRECTORY_READ');
  const { rows } = await sql<{ id: string; count: number }>`
    select provider_id as id, count(*) from conflict_cases
    where tenant_id = ${session.tenantId}::uuid and provider_id = any(${providerIds}::uuid[])
    and ${resolvable(session)} group by provider_id
  `.execute(session.db);
  const counted = new Map(rows.map(each => [each.id, each.count]));
  return new Map(providerIds.map(id => [id, counted.get(id) ?? 0]));
}

/** The open cases of the tenant, oldest first. */
export function openConflicts(session: Session, most: number): Promise<ConflictCaseRow[]> {
  return selectCases(session, resolvable(session), most);
}

/** Settled ones too: the audit log speaks of them. */
export async function conflictsByIds(
  session: Session,
  ids: readonly string[],
): Promise<ConflictCaseRow[]> {
  return ids.length === 0 ? [] : selectCases(session, anyOf(sql`id`, ids), ids.length);
}

async function selectCases(
  session: Session,
  which: RawBuilder<unknown>,
  most: number,
): Promise<ConflictCaseRow[]> {
  if (!session.actor.may('DIRECTORY_READ')) return [];
  const { rows } = await sql<ConflictCaseRow>`
      select ${row} from conflict_cases where tenant_id = ${session.tenantId}::uuid and ${which}
      order by id limit ${most}`.execute(session.db);
  return rows;
}

const byId: SortKey<ConflictCaseRow> = {
  name: 'conflict',
  type: 'uuid',
  expression: sql`conflict_cases.id`,
  direction: 'asc',
  read: conflict => conflict.id,
};
