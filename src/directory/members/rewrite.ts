import { isDeepStrictEqual } from 'node:util';
import { assertMayReach } from '../authority.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { LostRace } from '../tables/lost-race.ts';
import { assertVersion } from '../tables/versions.ts';
import { type LockedMember, lockMember } from './lock.ts';
import type { MemberRow } from './member-rows.ts';
import { ownTeamsOf } from './own-members.ts';
import { keysOf, patchOf, type ProvisionedMember, stateFor } from './provisioned.ts';
import { reload } from './reload.ts';
import { subjectOf } from './subject.ts';
import { write } from './write.ts';

/** A provider's description of a member: the whole, or a function of the member as it is. */
export type Description = ProvisionedMember | ((member: MemberRow) => ProvisionedMember);

/** A member as it is now, with the provider's teams that it is in where they were asked for. */
export type Rewritten = MemberRow & { teams?: { id: string; name: string }[] };

/**
 * Rewrites a member to what its provider now says. What is equal stays untouched; a switch of
 * `active` is said as what it is. A difference is worked out on the row that is locked, so that two
 * writers do not undo each other.
 */
export function rewrite(
  session: Session,
  id: string,
  description: Description,
  {
    expectedVersion,
    withTeams = false,
  }: { expectedVersion?: string | null; withTeams?: boolean } = {},
): Promise<Rewritten> {
  // Locked at once where pushed roles are likely to move the role.
  let rulebook = typeof description !== 'function' && description.pushedRoles.length > 0;
  return session.change(async () => {
    const locked = await lockMember(session, id, { rulebook });
    const facts = typeof description === 'function' ? description(locked.member) : description;
    const movesRole = !isDeepStrictEqual(keysOf(facts.pushedRoles), locked.member.pushedRoles);
    if (movesRole && !rulebook) {
      // The rulebook is locked before the member, so the change starts over.
      rulebook = true;
      throw new LostRace('Other roles are pushed.');
    }
    const member = await rewriteLocked(session, locked, facts, expectedVersion);
    return withTeams ? { ...member, teams: await ownTeamsOf(session, id) } : member;
  });
}

async function rewriteLocked(
  session: Session,
  { member, owner }: LockedMember,
  facts: ProvisionedMember,
  expectedVersion: string | null | undefined,
): Promise<MemberRow> {
  const active = member.state !== 'DISABLED';
  const action =
    active === facts.active
      ? 'member.updated'
      : facts.active
        ? 'member.enabled'
        : 'member.disabled';
  session.attempting(action, subjectOf(member));
  assertVersion(member, expectedVersion);
  const { member: written, changes } = await write(session, member, {
    ...patchOf(facts),
    ...stateFor(member, facts.active),
  });
  if (written === member) return member;
  // A write that changed nothing needs no authority; any other is rolled back when it lacks it.
  await assertMayReach(session, { members: [member] });
  session.record({
    action,
    subject: subjectOf(written),
    changes,
    providerId: owner?.id ?? null,
  });
  if (isDeepStrictEqual(written.pushedRoles, member.pushedRoles)) return written;
  await reassignRoles(session, [member.id]);
  return reload(session, member.id);
}
