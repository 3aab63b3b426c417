import { type RawBuilder, sql } from 'kysely';
import { type MemberSubject, subjectColumns, subjectOf } from '../members/subject.ts';
import type { Session } from '../session.ts';
import { everyRole } from './lookup.ts';

/**
 * Forgets the roles that were set by hand on these members (called `target`): the rules decide from
 * now on (rule 15). Says whose.
 */
export async function forgetRolesByHand(
  session: Session,
  those: RawBuilder<unknown>,
): Promise<Forgotten[]> {
  const forgotten = await session.updateMany<'members', Forgotten>(
    'members',
    { hand_role_id: null },
    {
      where: sql`target.hand_role_id is not null and ${those}`,
      returning: sql`${subjectColumns}, target.provider_id as "providerId",
        old.hand_role_id as "handRoleId"`,
    },
  );
  if (forgotten.length === 0) return [];
  const names = new Map((await everyRole(session)).map(role => [role.id, role.name]));
  await session.recordAll(
    forgotten.map(({ providerId, handRoleId, ...member }) => ({
      action: 'member.roleChanged',
      subject: subjectOf(member),
      providerId,
      changes: [{ name: 'handRole', before: names.get(handRoleId), after: null }],
    })),
  );
  return forgotten;
}

interface Forgotten extends MemberSubject {
  providerId: string | null;
  handRoleId: string;
}
