import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type RoleRow, roleColumns } from './role-rows.ts';

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
