import { patchOf, type ProvisionedMember, switched } from './provisioned.ts';
import { isDeepStrictEqual } from 'node:util';
import { assertMayReach } from '../authority.ts';
import type { Session } from '../session.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { assertVersion } from '../tables/versions.ts';
import { lockMember } from './lock.ts';
import { subjectOf } from './subject.ts';
import type { MemberRow } from './member-rows.ts';
import { write } from './write.ts';
import { reload } from './reload.ts';

/** A provider's description of a member: the whole, or a function of the member as it is. */
export type Description = ProvisionedMember | ((member: MemberRow) => ProvisionedMember);

/**
 * Rewrites a member to what its provider now says. What is equal stays untouched; a switch of
 * `active` is said as what it is. A difference is worked out on the row that is locked, so that two
 * writers do not undo each other.
 */
export function rewrite(
  session: Session,
  id: string,
  description: Description,
  { expectedVersion }: { expectedVersion?: string | null } = {},
): Promise<MemberRow> {
  return session.change(async () => {
    const { member, owner } = await lockMember(session, id);
    const facts = typeof description === 'function' ? description(member) : description;
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
      ...switched(member, facts.active),
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
    await reassignRoles(session, [id]);
    return reload(session, id);
  });
}
