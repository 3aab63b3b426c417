import { sql } from 'kysely';
import type { MemberRow } from './member-rows.ts';

/** The subject of an entry about a member. */
export const subjectOf = (member: Pick<MemberRow, 'id' | 'displayName' | 'userName'>) => ({
  type: 'Member' as const,
  id: member.id,
  name: member.displayName,
  handle: member.userName,
});

/** The columns that `subjectOf` needs, for a returning clause of row-writes. */
export const subjectColumns = sql`target.id, target.display_name as "displayName",
  target.user_name as "userName"`;
export type MemberSubject = Parameters<typeof subjectOf>[0];
