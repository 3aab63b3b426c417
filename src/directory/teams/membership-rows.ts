import { type RawBuilder, sql } from 'kysely';
import {
  type MemberCondition,
  memberCondition,
  markCommonTermsForMembers,
} from '../members/member-conditions.ts';
import {
  pagePlanOf,
  type Page,
  pageIn,
  type PageRequest,
  type SortKey,
  windowOf,
} from '../paging/page.ts';
import type { Origin } from '../provenance.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { mayRead, visibleMembers, requireReading, visibleTeams } from '../visibility.ts';
import { type TeamCondition, teamCondition, markCommonTermsForTeams } from './team-conditions.ts';

export interface MembershipRow {
  tenantId: string;
  teamId: string;
  memberId: string;
  origin: Origin;
  since: Date;
}

/** The teams of many members at once: one page for each, all of them from one statement. */
export async function membershipsOfMembers(
  session: Session,
  memberIds: readonly string[],
  { where, ...request }: PageRequest & { where?: TeamCondition | undefined } = {},
): Promise<Map<string, Page<MembershipRow>>> {
  return pagesOfMemberships(
    session,
    'member',
    memberIds,
    request,
    teamsOf(session, await markCommonTermsForTeams(session, where)),
  );
}

/** The members of many teams at once. */
export async function membershipsOfTeams(
  session: Session,
  teamIds: readonly string[],
  { where, ...request }: PageRequest & { where?: MemberCondition | undefined } = {},
): Promise<Map<string, Page<MembershipRow>>> {
  requireReading(session);
  return pagesOfMemberships(
    session,
    'team',
    teamIds,
    request,
    membersOf(session, await markCommonTermsForMembers(session, where)),
  );
}

export async function countTeamsOf(
  session: Session,
  memberIds: readonly string[],
  where?: TeamCondition,
): Promise<Map<string, number>> {
  return countMemberships(
    session,
    'member',
    memberIds,
    teamsOf(session, await markCommonTermsForTeams(session, where)),
  );
}

export async function countMembersOf(
  session: Session,
  teamIds: readonly string[],
  where?: MemberCondition,
): Promise<Map<string, number>> {
  requireReading(session);
  return countMemberships(
    session,
    'team',
    teamIds,
    membersOf(session, await markCommonTermsForMembers(session, where)),
  );
}

type Parent = 'member' | 'team';
interface Narrowed {
  join: RawBuilder<unknown>;
  where: RawBuilder<unknown>;
}

const sides: Record<Parent, { parent: RawBuilder<unknown>; key: SortKey<MembershipRow> }> = {
  member: {
    parent: sql`memberships.member_id`,
    key: {
      name: 'team',
      type: 'uuid',
      expression: sql`memberships.team_id`,
      direction: 'asc',
      read: row => row.teamId,
    },
  },
  team: {
    parent: sql`memberships.team_id`,
    key: {
      name: 'member',
      type: 'uuid',
      expression: sql`memberships.member_id`,
      direction: 'asc',
      read: row => row.memberId,
    },
  },
};

async function pagesOfMemberships(
  session: Session,
  side: Parent,
  ids: readonly string[],
  request: PageRequest,
  { join, where }: Narrowed,
): Promise<Map<string, Page<MembershipRow>>> {
  const { parent, key } = sides[side];
  const plan = pagePlanOf(request, [key]);
  const window = windowOf(plan, [key]);
  const { rows } = await sql<MembershipRow>`
    select found.* from unnest(${ids.filter(isId)}::uuid[]) as parent(id) cross join lateral (
      select memberships.tenant_id as "tenantId", memberships.team_id as "teamId",
      memberships.member_id as "memberId", memberships.origin, memberships.since
      from memberships ${join}
      where memberships.tenant_id = ${session.tenantId}::uuid and ${parent} = parent.id
      and ${window.where} ${where}
      order by ${window.order} ${window.limitOffset}
    ) as found
  `.execute(session.db);
  const found = Map.groupBy(rows, row => (side === 'team' ? row.teamId : row.memberId));
  return new Map(ids.map(id => [id, pageIn(plan, [key], found.get(id) ?? [])]));
}

async function countMemberships(
  session: Session,
  side: Parent,
  ids: readonly string[],
  { join, where }: Narrowed,
): Promise<Map<string, number>> {
  const { parent } = sides[side];
  const { rows } = await sql<{ id: string; count: number }>`
    select ${parent} as id, count(*) from memberships ${join}
    where memberships.tenant_id = ${session.tenantId}::uuid
    and ${parent} = any(${ids.filter(isId)}::uuid[]) ${where} group by 1
  `.execute(session.db);
  const counted = new Map(rows.map(row => [row.id, row.count]));
  return new Map(ids.map(id => [id, counted.get(id) ?? 0]));
}

/**
 * The other side is looked at only where something is asked of it: deleted members are in no team.
 */
export function teamsOf(session: Session, where: TeamCondition | undefined): Narrowed {
  if (where === undefined && session.asProvider === null && mayRead(session)) return nothingMore;
  return {
    join: sql`
      join teams on teams.tenant_id = memberships.tenant_id and teams.id = memberships.team_id`,
    where: sql`
      and ${visibleTeams(session)} and
      ${where === undefined ? sql`true` : teamCondition(session, where)}`,
  };
}

export function membersOf(session: Session, where: MemberCondition | undefined): Narrowed {
  if (where === undefined && session.asProvider === null) return nothingMore;
  return {
    join: sql`
      join members on members.tenant_id = memberships.tenant_id
      and members.id = memberships.member_id`,
    where: sql`
      and ${visibleMembers(session)} and
      ${where === undefined ? sql`true` : memberCondition(session, where)}`,
  };
}

const nothingMore: Narrowed = { join: sql``, where: sql`` };

/** Whether somebody is in a team or ever was: the log remembers who has left. */
export async function everInTeam({ db, tenantId }: Session, memberId: string): Promise<boolean> {
  const { rows } = await sql<{ ever: boolean }>`
    select exists (select from audit_entries where tenant_id = ${tenantId}::uuid
    and subject_id = ${memberId}::uuid
    and action in ('membership.added', 'membership.removed')) as ever
  `.execute(db);
  return rows[0]?.ever ?? true;
}
