import { assertMayGive, canAdminister } from '../authority.ts';
import { ownersOf } from '../identity-providers/lock.ts';
import { inviteByHand } from '../invitations/invite-new.ts';
import { notFound, Refusal } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import type { RoleRow } from '../roles/role-rows.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { shareLocks } from '../tables/locks.ts';
import { assertAddress, assertNameOrNone } from '../tables/text.ts';
import { admit } from '../teams/admit.ts';
import { insertManual } from './insert-manual.ts';
import type { MemberRow } from './member-rows.ts';
import { displayNameOf } from './names.ts';
import { reload } from './reload.ts';
import { subjectOf } from './subject.ts';

export interface InvitationFacts {
  email: string;
  givenName?: string | null;
  familyName?: string | null;
  teamIds?: readonly string[] | null;
  roleId?: string | null;
}

/** Asks a person in: a member by hand, in manual teams only, and a mail that tells them. */
export function invite(session: Session, facts: InvitationFacts): Promise<MemberRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const email = assertAddress(facts.email);
    const names = {
      givenName: assertNameOrNone(facts.givenName, 'givenName'),
      familyName: assertNameOrNone(facts.familyName, 'familyName'),
    };
    session.attempting('member.invited', {
      type: 'Member',
      id: null,
      name: displayNameOf({ userName: email, ...names }),
      handle: email,
    });
    const teamIds = (facts.teamIds ?? []).filter(isId);
    const switches = teamIds.length > 0 ? [ownersOf(session, 'teams', teamIds)] : [];
    await shareLocks(session, { switches, rulebook: true });
    const role = facts.roleId ? await roleNamed(session, facts.roleId) : null;
    const roleId = role?.id ?? (await lockRulebook(session)).defaultRoleId;
    if (role) assertMayGive(session, { kind: 'role', ...role }, 'roleId');
    else await assertDefaultMayBeGiven(session, roleId);
    const member = await insertManual(session, {
      userName: email,
      email,
      ...names,
      displayName: displayNameOf({ userName: email, ...names }),
      roleId,
      handRoleId: role?.id ?? null,
      state: 'INVITED',
    });
    session.record({
      action: 'member.invited',
      subject: subjectOf(member),
      changes: [
        { name: 'userName', after: member.userName },
        { name: 'email', after: member.email },
        ...(role ? [{ name: 'role', after: role.name }] : []),
      ],
    });
    for (const [index, teamId] of (facts.teamIds ?? []).entries()) {
      await admit(session, teamId, [member.id]).catch(error => {
        throw error instanceof Refusal ? ofTheTeam(error, index) : error;
      });
    }
    await inviteByHand(session, member.id);
    return reload(session, member.id);
  });
}

/** Nobody has been let in yet who could stand in the way: it is the team that cannot be had. */
function ofTheTeam(
  { code, message, facts: { objectIds: _, ...facts } }: Refusal,
  index: number,
): Refusal {
  return new Refusal(code, message, { ...facts, field: ['teamIds', String(index)] });
}

/**
 * The default role is what a person decided that everybody gets: an invitation does not choose it,
 * and may come from a system that holds nothing but the right to invite. Where the default can
 * administer the tenant, that would be a way up.
 */
async function assertDefaultMayBeGiven(session: Session, roleId: string): Promise<void> {
  const role = (await roleById(session, roleId)) as RoleRow;
  if (canAdminister(role.permissions)) assertMayGive(session, { kind: 'role', ...role });
}

async function roleNamed(session: Session, roleId: string) {
  session.require('ROLE_ADMIN');
  const role = await roleById(session, roleId);
  if (!role) throw notFound('role', 'roleId');
  return role;
}
