import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { teamColumns, type TeamRow } from './team-rows.ts';

/**
 * A new version of a team that only changed in who is in it, for a verb that tells the version in
 * its answer: its last statement.
 */
export function touch(session: Session, { id }: TeamRow): Promise<TeamRow> {
  return session.update('teams', id, {}, teamColumns);
}

/**
 * Says that others are in these teams now. Their versions move by the last statement of the change,
 * all at once and in the order of their ids: until then nobody who changes other members of the
 * same teams has to wait, and nobody waits in a circle.
 */
export function teamsChanged(session: Session, ids: readonly string[]): void {
  session.atEnd(touchTeams, ids);
}

/** The same for many, locked in the order of their ids. Those that are gone are no matter. */
async function touchTeams(session: Session, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await session.updateMany(
    'teams',
    {},
    {
      named: sql`
        those as materialized (select id from teams where tenant_id = ${session.tenantId}::uuid
          and id = any(${ids}::uuid[]) order by id for no key update)`,
      where: sql`target.id = any(array(select id from those))`,
    },
  );
}

/**
 * A member that goes from one provider to another, or to none, goes from or comes to what they see
 * of their teams: who is in a team is part of what its version speaks for.
 */
export async function touchTeamsOfProviders(
  session: Session,
  memberId: string,
  providerIds: readonly (string | null | undefined)[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select t.id from memberships s join teams t on t.tenant_id = s.tenant_id and t.id = s.team_id
    where s.tenant_id = ${session.tenantId}::uuid and s.member_id = ${memberId}::uuid
      and t.provider_id = any(${providerIds.filter(id => id != null)}::uuid[])
  `.execute(session.db);
  teamsChanged(
    session,
    rows.map(({ id }) => id),
  );
}
