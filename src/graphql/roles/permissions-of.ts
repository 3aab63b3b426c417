import type { MemberRow, Permission } from '../../directory/index.ts';
import type { Loaders } from '../loaders/loaders.ts';

/** The permissions of a member's role, and of the role it would have without its lock. */
export async function permissionsOf(member: MemberRow, loaders: Loaders): Promise<Permission[]> {
  const unlocked = member.roleLocked && (await loaders.load('explanation', member.id));
  const roles = await Promise.all(
    [member.roleId, ...(unlocked ? [unlocked.withoutLock] : [])].map(id =>
      loaders.load('roleSpokenOf', id),
    ),
  );
  return roles.flatMap(role => role?.permissions ?? []);
}
