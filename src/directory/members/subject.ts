import { sql } from 'kysely';
import type { MemberRow } from './member-rows.ts';

/** Who a member is in the log. */
export const subjectOf = (member: Pick<MemberRow, 'id' | 'displayName' | 'userName'>) => ({
  type: 'Member' as const,
  id: member.id,
  name: member.displayName,
  handle: member.userName,
});

/** What `subjectOf` needs, of the rows that a statement wrote. */
export const subjectColumns = sql`target.id, target.display_name as "displayName",
  target.user_name as "userName"`;
export type MemberSubject = Parameters<typeof subjectOf>[0];
