import { sql } from 'kysely';
import { assertMayMove } from '../authority.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import { assertMayChangeMembership } from '../provenance.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { reassignIfMapped } from './admit.ts';
import { lockTeam, type LockedTeam, subjectOf } from './lock.ts';
import { planAnewForMany } from './plans.ts';
import type { TeamRow } from './team-rows.ts';
import { teamsChanged } from './touch.ts';

/** Takes members out of a team. Those who are not in it are no matter. */
export function expel(
  session: Session,
  teamId: string,
  memberIds: readonly string[],
): Promise<void> {
  return session.change(async () => {
    if (!session.asProvider) session.require('DIRECTORY_WRITE');
    const locked = await lockTeam(session, teamId, 'switch');
    const left = await expelFrom(session, locked, memberIds);
    if (left.length > 0) teamsChanged(session, [teamId]);
  });
}

/** The same for a team that is locked already; `null` empties it. Says who left. */
export async function expelFrom(
  session: Session,
  { team, owner }: LockedTeam,
  memberIds: readonly string[] | null,
): Promise<string[]> {
  session.attempting('membership.removed', subjectOf(team));
  assertMayChangeMembership(team, owner, session.asProvider);
  return removeFrom(session, team, memberIds?.filter(isId) ?? null, {
    providerId: owner?.id ?? null,
    field: 'memberIds',
  });
}

/**
 * Ends memberships of one team: of these members, or of all. The members are locked before, in the
 * order in which those who let members in lock them: otherwise two who work on the same ones would
 * wait for each other in a circle.
 *
 * Each statement here is about one table, and what it is about is named by its key. In a tenant
 * that has just begun to grow the planner takes whatever belongs to it for one row, and joins of
 * such rows by trying each with each: seconds for a few thousand members.
 */
export async function removeFrom(
  session: Session,
  team: Pick<TeamRow, 'id' | 'name'>,
  memberIds: readonly string[] | null,
  { providerId, field }: { providerId: string | null; field: string },
): Promise<string[]> {
  await planAnewForMany(session, memberIds && memberIds.length);
  const rules = await lockRulebook(session);
  const { db, tenantId } = session;
  const inside = sql`
    memberships.tenant_id = ${tenantId}::uuid and memberships.team_id = ${team.id}::uuid`;
  const those =
    memberIds === null ? sql`` : sql`and memberships.member_id = any(${memberIds}::uuid[])`;
  const { rows: members } = await sql<Leaving>`
    select id, display_name as "displayName", user_name as "userName",
    origin_provider_id as "originProviderId" from members
    where tenant_id = ${tenantId}::uuid and id = any(array(select member_id from memberships
    where ${inside} ${those}))
    order by id for no key update
  `.execute(db);
  if (members.length === 0) return [];
  await assertMayMove(session, rules, { teamIds: [team.id], members }, field);
  const gone = await session.removeMany<{ id: string }>('memberships', {
    where: sql`
      target.team_id = ${team.id}::uuid and target.member_id =
      any(${members.map(({ id }) => id)}::uuid[])`,
    returning: sql`target.member_id as id`,
  });
  const left = new Set(gone.map(({ id }) => id));
  await session.recordAll(
    members
      .filter(({ id }) => left.has(id))
      .map(member => ({
        action: 'membership.removed',
        subject: memberSubject(member),
        related: { id: team.id, name: team.name },
        providerId,
        changes: [{ name: 'team', before: team.name }],
      })),
  );
  await reassignIfMapped(session, rules, team.id, [...left]);
  return [...left];
}

interface Leaving {
  id: string;
  displayName: string;
  userName: string;
  originProviderId: string | null;
}
