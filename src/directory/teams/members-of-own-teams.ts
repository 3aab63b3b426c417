import { sql } from 'kysely';
import type { Directory } from '../directory.ts';

export interface MemberOfTeam {
  teamId: string;
  id: string;
  displayName: string;
}

/** Who is in these teams of the acting provider, as far as it may know them: all of them, from one statement, up to a most. Team by team, by keys, whatever the statistics say of the tenant. */
export async function membersOfOwnTeams(
  directory: Directory,
  teamIds: readonly string[],
  most: number,
): Promise<MemberOfTeam[]> {
  if (teamIds.length === 0) return [];
  const { rows } = await sql<MemberOfTeam>`
    select team.id as "teamId", inside.id, inside."displayName"
    from unnest(${teamIds}::uuid[]) with ordinality as team (id, place)
    cross join lateral (
      select members.id, members.display_name as "displayName"
      from memberships as held
      join members on members.tenant_id = held.tenant_id and members.id = held.member_id and members.provider_id = ${directory.asProvider}::uuid
      where held.tenant_id = ${directory.tenantId}::uuid and held.team_id = team.id
      order by held.member_id limit ${most}
    ) as inside
    order by team.place, inside.id limit ${most}
  `.execute(directory.db);
  return rows;
}
