import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { anyOf } from '../conditions/columns.ts';
import { subjectOf } from '../members/subject.ts';
import type { Session } from '../session.ts';
import { type Rulebook, decideRole, type RoleDecision } from './decide-role.ts';
import { lostBecause, type Names, summary } from './explanation.ts';
import { keepAnOwnerAfter } from './owners.ts';
import { roleInputsOf, type MemberRoleInputs } from './role-inputs.ts';
import { lockRulebook } from './rulebook.ts';

const PORTION = 25_000;

/**
 * Works out anew which role these members have, in the change that gave cause for it. The members
 * are locked first, so that whatever else is being decided about them has been decided before we
 * look; a locked role is left alone by the update itself. Whoever gave cause needs the permissions
 * of every role that somebody loses or gets (rule 25), and where `before` tells the rules that were
 * replaced, also of the roles that somebody locked would have had and would have now.
 */
export async function reassignRoles(
  session: Session,
  memberIds: readonly string[],
  rules?: Rulebook,
  before?: Rulebook,
): Promise<void> {
  if (memberIds.length === 0) return;
  const rulebook = rules ?? (await lockRulebook(session));
  let names: Names | undefined;
  const left = new Set<string>();
  for (let start = 0; start < memberIds.length; start += PORTION) {
    const portion = memberIds.slice(start, start + PORTION);
    await lockMembers(session, portion);
    const decided = (await roleInputsOf(session, portion, rulebook)).map(member => ({
      member,
      decision: decideRole(member, rulebook),
    }));
    const roleIds = new Set(decided.flatMap(each => rolesMoved(each, before)));
    if (roleIds.size > 0)
      await assertMayReach(session, { roleIds: [...roleIds], by: 'what follows from this' });
    const moved = decided.filter(({ member, decision }) => decision.roleId !== member.roleId);
    if (moved.length === 0) continue;
    const said = (names ??= await namesOf(session, rulebook));
    await move(
      session,
      moved.map(({ member, decision }) => ({ id: member.id, roleId: decision.roleId })),
    );
    await session.recordAll(moved.map(({ member, decision }) => entryOf(member, decision, said)));
    for (const { member } of moved) left.add(member.roleId);
  }
  await keepAnOwnerAfter(session, left);
}

interface Decided {
  member: MemberRoleInputs;
  decision: RoleDecision;
}

/** The roles between which a member moves; for one who is locked those between which they would. */
function rolesMoved({ member, decision }: Decided, before: Rulebook | undefined): string[] {
  if (!member.lockedRoleId)
    return decision.roleId === member.roleId ? [] : [member.roleId, decision.roleId];
  const formerly = before ? decideRole(member, before).withoutLock : decision.withoutLock;
  return formerly === decision.withoutLock ? [] : [formerly, decision.withoutLock];
}

function lockMembers(session: Session, memberIds: readonly string[]) {
  return session
    .rows('members')
    .select('id')
    .where(anyOf(sql`members.id`, memberIds))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/**
 * A statement for each role, by the keys of the members: a join with the list of moves would rest
 * on statistics (see removeFrom).
 */
async function move(
  session: Session,
  moves: readonly { id: string; roleId: string }[],
): Promise<void> {
  for (const [roleId, ofRole] of Map.groupBy(moves, move => move.roleId)) {
    await session.updateMany(
      'members',
      { role_id: roleId },
      {
        where: sql`
          target.id = any(${ofRole.map(({ id }) => id)}::uuid[]) and not target.role_locked`,
      },
    );
  }
}

function entryOf(member: MemberRoleInputs, decision: RoleDecision, names: Names) {
  return {
    action: 'member.roleChanged',
    subject: subjectOf(member),
    providerId: member.providerId,
    changes: [
      { name: 'role', before: names.role(member.roleId), after: names.role(decision.roleId) },
    ],
    explanation: frozen(decision, names),
  };
}

/**
 * The decision as it was made, in names: what it says stays true when roles and teams are renamed.
 */
export function frozen(decision: RoleDecision, names: Names): Record<string, unknown> {
  return {
    summary: summary(decision, names),
    decidedBy: decision.decidedBy,
    candidates: decision.candidates.map(candidate => ({
      rule: candidate.rule,
      role: names.role(candidate.roleId),
      won: candidate.won,
      lostBecause: lostBecause(candidate, names),
      ...(candidate.teamId && { team: names.team(candidate.teamId) }),
      ...(candidate.pushedRole && { pushedRole: candidate.pushedRole }),
    })),
  };
}

/** The names of every role, and of the teams that mappings speak of. */
export async function namesOf(session: Session, rules: Rulebook): Promise<Names> {
  const teamIds = rules.mappings.flatMap(mapping => mapping.teamId ?? []);
  const roles = new Map(
    (await session.rows('roles').select(['id', 'name']).execute()).map(role => [
      role.id,
      role.name,
    ]),
  );
  const teams =
    teamIds.length === 0
      ? new Map<string, string>()
      : new Map(
          (
            await session.rows('teams').select(['id', 'name']).where('id', 'in', teamIds).execute()
          ).map(team => [team.id, team.name]),
        );
  return { role: id => roles.get(id) ?? id, team: id => teams.get(id) ?? id };
}
