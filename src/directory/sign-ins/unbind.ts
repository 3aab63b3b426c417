import { membersByIds } from '../members/member-rows.ts';
import { subjectOf } from '../members/subject.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';

/**
 * Forgets which subjects a member is bound to, so that the next accepted sign-in binds anew: for a
 * person whose account at the OpenID provider was made again. Only the service itself may, on an
 * operator's word. Says how many bindings there were.
 */
export function unbind(session: Session, memberId: string): Promise<number> {
  if (session.actor.record.kind !== 'system')
    throw new Refusal('forbidden', 'Only the service itself unbinds sign-ins.');
  return session.change(async () => {
    const [member] = await membersByIds(session, [memberId]);
    if (!member) throw notFound('member', 'memberId');
    const gone = await session
      .deleting('sign_in_bindings')
      .where('member_id', '=', memberId)
      .returning(['issuer', 'subject'])
      .execute();
    if (gone.length > 0)
      session.record({
        action: 'signIn.unbound',
        subject: subjectOf(member),
        changes: gone.flatMap(({ issuer, subject }) => [
          { name: 'issuer', before: issuer },
          { name: 'subject', before: subject },
        ]),
      });
    return gone.length;
  });
}
