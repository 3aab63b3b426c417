import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../session.ts';
import {
  type MemberCondition,
  memberCondition,
  weighedForMembers,
} from '../members/member-conditions.ts';
import { frameOf, type Page, pageIn, type PageRequest, type SortKey, windowOf } from '../paging.ts';
import type { Origin } from '../provenance.ts';
import { isId } from '../ids.ts';
import { mayRead, membersInSight, requireReading, teamsInSight } from '../sight.ts';
import { type TeamCondition, teamCondition, weighedForTeams } from './team-conditions.ts';

export interface MembershipRow {
  tenantId: string;
  teamId: string;
  memberId: string;
  origin: Origin;
  since: Date;
}

/** The teams of many members at once: one page for each, all of them from one statement. */
export async function membershipsOfMembers(
  directory: Session,
  memberIds: readonly string[],
  { where, ...request }: PageRequest & { where?: TeamCondition | undefined } = {},
): Promise<Map<string, Page<MembershipRow>>> {
  return pages(
    directory,
    'member',
    memberIds,
    request,
    teamsOf(directory, await weighedForTeams(directory, where)),
  );
}

/** The members of many teams at once. */
export async function membershipsOfTeams(
  directory: Session,
  teamIds: readonly string[],
  { where, ...request }: PageRequest & { where?: MemberCondition | undefined } = {},
): Promise<Map<string, Page<MembershipRow>>> {
  requireReading(directory);
  return pages(
    directory,
    'team',
    teamIds,
    request,
    membersOf(directory, await weighedForMembers(directory, where)),
  );
}

export async function countTeamsOf(
  directory: Session,
  memberIds: readonly string[],
  where?: TeamCondition,
): Promise<Map<string, number>> {
  return counts(
    directory,
    'member',
    memberIds,
    teamsOf(directory, await weighedForTeams(directory, where)),
  );
}

export async function countMembersOf(
  directory: Session,
  teamIds: readonly string[],
  where?: MemberCondition,
): Promise<Map<string, number>> {
  requireReading(directory);
  return counts(
    directory,
    'team',
    teamIds,
    membersOf(directory, await weighedForMembers(directory, where)),
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

async function pages(
  directory: Session,
  side: Parent,
  ids: readonly string[],
  request: PageRequest,
  { join, where }: Narrowed,
): Promise<Map<string, Page<MembershipRow>>> {
  const { parent, key } = sides[side];
  const frame = frameOf(request, [key]);
  const window = windowOf(frame, [key]);
  const { rows } = await sql<MembershipRow>`
    select found.* from unnest(${ids.filter(isId)}::uuid[]) as parent(id) cross join lateral (
      select memberships.tenant_id as "tenantId", memberships.team_id as "teamId", memberships.member_id as "memberId", memberships.origin, memberships.since
      from memberships ${join}
      where memberships.tenant_id = ${directory.tenantId}::uuid and ${parent} = parent.id and ${window.where} ${where}
      order by ${window.order} ${window.portion}
    ) as found
  `.execute(directory.db);
  const found = Map.groupBy(rows, row => (side === 'team' ? row.teamId : row.memberId));
  return new Map(ids.map(id => [id, pageIn(frame, [key], found.get(id) ?? [])]));
}

async function counts(
  directory: Session,
  side: Parent,
  ids: readonly string[],
  { join, where }: Narrowed,
): Promise<Map<string, number>> {
  const { parent } = sides[side];
  const { rows } = await sql<{ id: string; count: number }>`
    select ${parent} as id, count(*) from memberships ${join}
    where memberships.tenant_id = ${directory.tenantId}::uuid and ${parent} = any(${ids.filter(isId)}::uuid[]) ${where} group by 1
  `.execute(directory.db);
  const counted = new Map(rows.map(row => [row.id, row.count]));
  return new Map(ids.map(id => [id, counted.get(id) ?? 0]));
}

/** The other side is looked at only where something is asked of it: deleted members are in no team. */
function teamsOf(directory: Session, where: TeamCondition | undefined): Narrowed {
  if (where === undefined && directory.asProvider === null && mayRead(directory))
    return nothingMore;
  return {
    join: sql`join teams on teams.tenant_id = memberships.tenant_id and teams.id = memberships.team_id`,
    where: sql`and ${teamsInSight(directory)} and ${where === undefined ? sql`true` : teamCondition(directory, where)}`,
  };
}

function membersOf(directory: Session, where: MemberCondition | undefined): Narrowed {
  if (where === undefined && directory.asProvider === null) return nothingMore;
  return {
    join: sql`join members on members.tenant_id = memberships.tenant_id and members.id = memberships.member_id`,
    where: sql`and ${membersInSight(directory)} and ${where === undefined ? sql`true` : memberCondition(directory, where)}`,
  };
}

const nothingMore: Narrowed = { join: sql``, where: sql`` };
