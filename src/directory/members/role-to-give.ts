import { assertMayReach } from '../authority.ts';
import { notFound } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import type { RoleRow } from '../roles/role-rows.ts';
import type { Session } from '../session.ts';
import type { MemberRow } from './member-rows.ts';

/** The role that a member is to be given, instead of the present one. */
export async function roleToGive(
  session: Session,
  roleId: string,
  member: MemberRow,
): Promise<RoleRow> {
  const role = await roleById(session, roleId);
  if (!role) throw notFound('role', 'roleId');
  await assertMayReach(session, { roleIds: [role.id] }, 'roleId');
  await assertMayReach(session, { members: [member] }, 'id');
  return role;
}
