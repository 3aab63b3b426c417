import { sql } from 'kysely';
import type { Session } from '../session.ts';

export interface MemberOfTeam {
  teamId: string;
  id: string;
  /**
   * As the provider's group called the member, as long as the member is called what it was called
   * then; its own name otherwise.
   */
  display: string;
}

/**
 * Members of these teams of the acting provider that come from it, team after team, up to a limit;
 * `cut` tells that there are more. Memberships and members are read by their keys and joined here:
 * a join in the database would depend on statistics (see removeFrom).
 */
export async function membersOfOwnTeams(
  { db, tenantId, asProvider }: Session,
  teamIds: readonly string[],
  most: number,
): Promise<{ members: MemberOfTeam[]; cut: boolean }> {
  if (teamIds.length === 0) return { members: [], cut: false };
  const place = teamIds.length === 1 ? sql`` : sql`array_position(${teamIds}::uuid[], team_id),`;
  const held = sql`
    from memberships where tenant_id = ${tenantId}::uuid and team_id = any(${teamIds}::uuid[])
    order by ${place} member_id limit ${most}`;
  const { rows } = await sql<{
    teamId: string;
    id: string;
    display: string | null;
    displayOf: string | null;
  }>`
    select team_id as "teamId", member_id as id, display, display_of as "displayOf"
    ${held}`.execute(db);
  if (rows.length === 0) return { members: [], cut: false };
  const { rows: members } = await sql<{ id: string; name: string; providerId: string | null }>`
    select id, display_name as name, provider_id as "providerId" from members
    where tenant_id = ${tenantId}::uuid and id = any(array(select member_id ${held}))
  `.execute(db);
  const names = new Map(
    members.filter(({ providerId }) => providerId === asProvider).map(({ id, name }) => [id, name]),
  );
  return {
    cut: rows.length === most,
    members: rows.flatMap(({ teamId, id, display, displayOf }) => {
      const name = names.get(id);
      if (name === undefined) return [];
      return { teamId, id, display: display !== null && displayOf === name ? display : name };
    }),
  };
}
