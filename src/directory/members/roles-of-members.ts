import { manualRoleApplies } from '../provenance.ts';
import { Refusal } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { lockMember } from './lock.ts';
import type { MemberRow } from './member-rows.ts';
import { reload } from './reload.ts';
import { lockRole } from './role-locks.ts';
import { roleToGive } from './role-to-give.ts';
import { subjectOf } from './subject.ts';

/** Gives a role by hand. Where the rules decide, only a lock can hold it: `lock` does both. */
export function setRole(
  session: Session,
  id: string,
  roleId: string,
  { lock = false } = {},
): Promise<MemberRow> {
  if (lock) return lockRole(session, id, { roleId });
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    const { member, owner } = await lockMember(session, id, { rulebook: true });
    session.attempting('member.roleChanged', subjectOf(member));
    const role = await roleToGive(session, roleId, member);
    if (member.roleLocked)
      throw new Refusal('role-locked', 'The role is locked; release the lock first.', {
        field: ['roleId'],
      });
    if (!manualRoleApplies(member, owner))
      throw new Refusal(
        'role-ruled',
        'The role of this member is decided by the rules; lock it to set it by hand.',
        { field: ['roleId'] },
      );
    if (member.handRoleId === roleId) return member;
    await session.update('members', id, { hand_role_id: roleId }, ['id']);
    const before = member.handRoleId && (await roleById(session, member.handRoleId))?.name;
    session.record({
      action: 'member.roleChanged',
      subject: subjectOf(member),
      changes: [{ name: 'handRole', before, after: role.name }],
    });
    await reassignRoles(session, [id]);
    return reload(session, id);
  });
}
