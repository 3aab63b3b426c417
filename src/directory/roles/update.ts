import type { Permission } from '../actor.ts';
import { assertMayGive } from '../authority.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { assertName } from '../tables/text.ts';
import { assertRank, ordered } from './create.ts';
import { lockRoleRow, subjectOf } from './lookup.ts';
import type { RoleRow } from './role-rows.ts';

export interface RoleInput {
  name?: string | null | undefined;
  permissions?: readonly Permission[] | null | undefined;
  rank?: number | null | undefined;
}

/**
 * Changes a role; its holders have the new permissions from the next request on. The owner's
 * permissions are what makes an owner.
 */
export function update(session: Session, id: string, wish: RoleInput): Promise<RoleRow> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    const role = await lockRoleRow(session, id);
    const wanted = {
      name: wish.name == null ? role.name : assertName(wish.name, 'name'),
      permissions: wish.permissions == null ? role.permissions : ordered(wish.permissions),
      rank: wish.rank == null ? role.rank : assertRank(wish.rank),
    };
    const changes = (['name', 'permissions', 'rank'] as const)
      .filter(name => String(role[name]) !== String(wanted[name]))
      .map(name => ({ name, before: role[name], after: wanted[name] }));
    if (changes.length === 0) return role;
    if (role.builtIn === 'owner' && changes.some(change => change.name !== 'name'))
      throw invalid('The owner role keeps every permission and the first rank.', 'permissions');
    session.attempting('role.updated', subjectOf(role));
    assertMayGive(session, { kind: 'role', ...role }, 'id');
    assertMayGive(session, { kind: 'role', ...wanted }, 'permissions');
    await assertNameFree(session, 'roles', wanted.name, id);
    Object.assign(role, wanted);
    session.record({ action: 'role.updated', subject: subjectOf(role), changes });
    return role;
  });
}
