import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { insertManual } from './insert-manual.ts';
import type { MemberRow } from './member-rows.ts';
import { displayNameOf } from './names.ts';
import { subjectOf } from './subject.ts';

export interface JoiningFacts {
  userName: string;
  givenName: string;
  familyName: string;
  roleId?: string | null | undefined;
}

/** Makes an active member by hand without asking them in: how the service fills a demo company. */
export function join(
  session: Session,
  { userName, givenName, familyName, roleId }: JoiningFacts,
): Promise<MemberRow> {
  return session.change(async () => {
    const { defaultRoleId } = await lockRulebook(session);
    const member = await insertManual(session, {
      userName,
      email: userName,
      givenName,
      familyName,
      displayName: displayNameOf({ userName, givenName, familyName }),
      roleId: roleId ?? defaultRoleId,
      handRoleId: roleId ?? null,
      state: 'ACTIVE',
    });
    session.record({
      action: 'member.created',
      subject: subjectOf(member),
      changes: [{ name: 'userName', after: member.userName }],
    });
    return member;
  });
}
