import type { Session } from '../session.ts';
import { type MemberRow, memberColumns } from './member-rows.ts';

/** A member as the running change has left it. */
export function reload(session: Session, id: string): Promise<MemberRow> {
  return session
    .rows('members')
    .select(memberColumns)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}
