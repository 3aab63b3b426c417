import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import type { MemberRow } from './member-rows.ts';

/**
 * Whoever a person cuts loose or brings back goes from, or comes to, what a provider sees of its teams. Who is in a team is part of what
 * its version speaks for. Deletion writes no team: those who are deleted one after the other would wait for each other (see lostMembers).
 */
export async function touchTeams(
  directory: Directory,
  { id, providerId, teamsBefore }: MemberRow,
  patch: Partial<Pick<MemberRow, 'providerId' | 'teamsBefore'>>,
): Promise<void> {
  if (providerId === null) return;
  const { tenantId } = directory;
  const cutLoose = patch.providerId !== undefined && patch.providerId !== providerId;
  const back =
    patch.teamsBefore === null && teamsBefore !== null
      ? teamsBefore.map(({ teamId }) => teamId)
      : [];
  if (back.length === 0 && !cutLoose) return;
  const those =
    back.length > 0
      ? sql`select unnest(${back}::uuid[])`
      : sql`select team_id from memberships where tenant_id = ${tenantId}::uuid and member_id = ${id}::uuid`;
  await directory.updateMany(
    'teams',
    {},
    {
      named: sql`those as materialized (select id from teams where tenant_id = ${tenantId}::uuid and provider_id = ${providerId}::uuid and id in (${those}) order by id for no key update)`,
      where: sql`target.id in (select id from those)`,
    },
  );
}
