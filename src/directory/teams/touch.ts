import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { teamColumns, type TeamRow } from './team-rows.ts';

/** A new version of a team that only changed in who is in it, for a verb that tells the version in its answer: its last statement. */
export function touch(directory: Directory, { id }: TeamRow): Promise<TeamRow> {
  return directory.update('teams', id, {}, teamColumns);
}

/** The same for many, locked in the order of their ids. Those that are gone are no matter. */
export async function touchTeams(directory: Directory, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await directory.updateMany(
    'teams',
    {},
    {
      named: sql`those as materialized (select id from teams where tenant_id = ${directory.tenantId}::uuid and id = any(${ids}::uuid[]) order by id for no key update)`,
      where: sql`target.id = any(array(select id from those))`,
    },
  );
}

/**
 * A member that goes from one provider to another, or to none, goes from or comes to what they see of their teams: who is in a team is
 * part of what its version speaks for.
 */
export async function touchTeamsOfProviders(
  directory: Directory,
  memberId: string,
  providerIds: readonly (string | null | undefined)[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select t.id from memberships s join teams t on t.tenant_id = s.tenant_id and t.id = s.team_id
    where s.tenant_id = ${directory.tenantId}::uuid and s.member_id = ${memberId}::uuid
      and t.provider_id = any(${providerIds.filter(id => id != null)}::uuid[])
  `.execute(directory.db);
  directory.teamsChanged(rows.map(({ id }) => id));
}
