import { sql } from 'kysely';
import type { Page } from '../paging/page.ts';
import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import type { TeamCondition } from './team-conditions.ts';
import { countTeams, pageOfTeams, type TeamRow, type TeamListRequest } from './team-rows.ts';

export interface JoinableRequest extends Omit<TeamListRequest, 'where'> {
  memberId?: string | null | undefined;
  query?: string | null | undefined;
}

/**
 * The teams that somebody may be added to here and now (rule 3): never a managed one, whose members
 * are for its provider to say, whoever asks; of the others those that the member is not in yet.
 * Without a member: for a person about to be invited.
 */
export async function joinableTeams(
  session: Session,
  { memberId, query, ...request }: JoinableRequest,
): Promise<Page<TeamRow>> {
  await assertMember(session, memberId);
  return pageOfTeams(session, { ...request, where: joinable(memberId, query) });
}

export async function countJoinableTeams(
  session: Session,
  { memberId, query }: Pick<JoinableRequest, 'memberId' | 'query'>,
): Promise<number> {
  return countTeams(session, joinable(memberId, query));
}

function joinable(
  memberId: string | null | undefined,
  query: string | null | undefined,
): TeamCondition {
  const asked: TeamCondition[] = [{ not: { field: 'managed', op: 'eq', value: true } }];
  if (memberId != null) asked.push({ not: { field: 'memberId', op: 'eq', value: memberId } });
  if (query != null) asked.push({ field: 'query', op: 'contains', value: query });
  return { and: asked };
}

async function assertMember(
  { db, tenantId }: Session,
  memberId: string | null | undefined,
): Promise<void> {
  if (memberId == null) return;
  const { rows } = isId(memberId)
    ? await sql`
      select from members where tenant_id = ${tenantId}::uuid and id = ${memberId}::uuid
      and state <> 'DELETED'`.execute(db)
    : { rows: [] };
  if (rows.length === 0) throw notFound('member', 'memberId');
}
