import { sql } from 'kysely';
import type { Entry } from '../audit/entry.ts';
import { assertMayMove } from '../authority.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import {
  assertMayChangeMembership,
  assertMayJoin,
  type Origin,
  type Provenanced,
} from '../provenance.ts';
import { Refusal } from '../refusal.ts';
import type { Rulebook } from '../roles/decide-role.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { type LockedTeam, lockTeam, subjectOf } from './lock.ts';
import { newcomers } from './newcomers.ts';
import { planAnewForMany } from './plans.ts';
import { teamsChanged } from './touch.ts';

/**
 * Lets members into a team. Memberships are made in this file and nowhere else; those who are in
 * already stay as they are.
 */
export function admit(
  session: Session,
  teamId: string,
  memberIds: readonly string[],
): Promise<void> {
  return session.change(async () => {
    if (!session.asProvider) session.require('DIRECTORY_WRITE');
    const locked = await lockTeam(session, teamId, 'switch');
    const joined = await admitInto(session, locked, memberIds);
    if (joined.length > 0) teamsChanged(session, [teamId]);
  });
}

/** The same, for a team that is locked already. Says who joined. */
export async function admitInto(
  session: Session,
  { team, owner }: LockedTeam,
  memberIds: readonly string[],
): Promise<string[]> {
  const ids = [...new Set(memberIds)];
  if (ids.length === 0) return [];
  session.attempting('membership.added', subjectOf(team));
  await planAnewForMany(session, ids.length);
  const rules = await lockRulebook(session);
  const members = await newcomers(session, team, ids);
  assertMayJoin(members, team, owner);
  assertMayChangeMembership(team, owner, session.asProvider);
  await assertMayMove(session, rules, { teamIds: [team.id], members }, 'memberIds');
  const origin: Origin = session.asProvider ? 'SCIM' : 'MANUAL';
  const joined = await insert(session, team.id, ids, origin);
  if (joined.size === 0) return [];
  await session.recordAll(
    members.filter(member => joined.has(member.id)).map(member => joining(member, { team, owner })),
  );
  await reassignIfMapped(session, rules, team.id, [...joined]);
  return [...joined];
}

/** The entry of a member who joined. */
function joining(member: Parameters<typeof memberSubject>[0], { team, owner }: LockedTeam): Entry {
  return {
    action: 'membership.added',
    subject: memberSubject(member),
    related: { id: team.id, name: team.name },
    providerId: owner?.id ?? null,
    changes: [{ name: 'team', after: team.name }],
  };
}

/**
 * Puts a member who comes back into the teams it was in. Those that are gone, and those that would
 * not have it now, are left out. A mapped one whose role is not for the caller to give is not left
 * out silently: the whole return is refused.
 */
export async function readmit(
  session: Session,
  member: Provenanced & Parameters<typeof memberSubject>[0],
  teams: readonly { teamId: string; origin: Origin }[],
): Promise<void> {
  if (teams.length === 0) return;
  const rules = await lockRulebook(session);
  for (const { teamId, origin } of teams.toSorted((a, b) => (a.teamId < b.teamId ? -1 : 1))) {
    const locked = await joinable(session, member, teamId);
    if (!locked) continue;
    const by = `the team ${locked.team.name}`;
    await assertMayMove(session, rules, { teamIds: [teamId], members: [member], by }, 'id');
    const joined = await insert(session, teamId, [member.id], origin);
    if (joined.size === 0) continue;
    session.record(joining(member, locked));
    teamsChanged(session, [teamId]);
  }
}

/** A team that would have the member, or none. */
async function joinable(
  session: Session,
  member: Provenanced & { id: string; displayName: string },
  teamId: string,
): Promise<LockedTeam | null> {
  try {
    const locked = await lockTeam(session, teamId, 'switch');
    assertMayJoin([member], locked.team, locked.owner);
    return locked;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Reassigns the roles of these members if the team is mapped. */
export async function reassignIfMapped(
  session: Session,
  rules: Rulebook,
  teamId: string,
  memberIds: readonly string[],
): Promise<void> {
  if (rules.mappings.some(mapping => mapping.teamId === teamId))
    await reassignRoles(session, memberIds, rules);
}

async function insert(
  session: Session,
  teamId: string,
  memberIds: readonly string[],
  origin: Origin,
): Promise<Set<string>> {
  const rows = await session.insertMany<'memberships', { memberId: string }>(
    'memberships',
    ['tenant_id', 'team_id', 'member_id', 'origin'],
    sql`
      select ${session.tenantId}::uuid, ${teamId}::uuid, id, ${origin}
      from unnest(${memberIds}::uuid[]) as id`,
    { conflict: sql`on conflict do nothing`, returning: sql`target.member_id as "memberId"` },
  );
  return new Set(rows.map(row => row.memberId));
}
