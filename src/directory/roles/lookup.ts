import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { lockEntity } from '../tables/entity-manager.ts';
import { isId } from '../tables/ids.ts';
import { type RoleRow, roleColumns } from './role-rows.ts';
import { RoleSchema } from './role.ts';

export const subjectOf = (role: Pick<RoleRow, 'id' | 'name'>) => ({
  type: 'Role' as const,
  id: role.id,
  name: role.name,
});

/** A role as a verb needs it, whatever the caller may see: rules do not depend on who asks. */
export async function roleById(session: Session, id: string): Promise<RoleRow | null> {
  return isId(id)
    ? ((await session.rows('roles').select(roleColumns).where('id', '=', id).executeTakeFirst()) ??
        null)
    : null;
}

export function everyRole(session: Session): Promise<RoleRow[]> {
  return session.rows('roles').select(roleColumns).orderBy('rank').execute();
}

/** The role as an entity, its row locked against its writers. Refuses: not-found. */
export async function lockRoleRow(session: Session, id: string): Promise<RoleRow> {
  const role = await lockEntity<RoleRow>(session, RoleSchema, id);
  if (!role) throw notFound('role');
  return role;
}
