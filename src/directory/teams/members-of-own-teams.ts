import { sql } from 'kysely';
import type { Directory } from '../directory.ts';

export interface MemberOfTeam {
  teamId: string;
  id: string;
  displayName: string;
}

/** Who is in these teams of the acting provider, as far as it may know them: all of them, from one statement, up to a most. */
export async function membersOfOwnTeams(
  directory: Directory,
  teamIds: readonly string[],
  most: number,
): Promise<MemberOfTeam[]> {
  if (teamIds.length === 0) return [];
  const { rows } = await sql<MemberOfTeam>`
    select held.team_id as "teamId", members.id, members.display_name as "displayName"
    from unnest(${teamIds}::uuid[]) with ordinality as team (id, place)
    join memberships as held on held.tenant_id = ${directory.tenantId}::uuid and held.team_id = team.id
    join members on members.tenant_id = held.tenant_id and members.id = held.member_id and members.provider_id = ${directory.asProvider}::uuid
    order by team.place, held.member_id limit ${most}
  `.execute(directory.db);
  return rows;
}
