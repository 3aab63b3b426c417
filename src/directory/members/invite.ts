import { sql } from 'kysely';
import { assertMayGive, canAdminister } from '../authority.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { notFound, Refusal } from '../refusal.ts';
import { assertAddress, assertNameOrNone } from '../tables/text.ts';
import { type Described, valuesOf } from './description.ts';
import { subjectOf } from './subject.ts';
import type { MemberState } from './member.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import { displayNameOf } from './names.ts';
import { roleById } from '../roles/lookup.ts';
import type { RoleRow } from '../roles/role-rows.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import { reload } from './reload.ts';
import { folded } from '../tables/folded.ts';
import { inviteByHand } from '../invitations/invite-new.ts';
import { admit } from '../teams/admit.ts';

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

interface ManualMember extends Partial<Described> {
  userName: string;
  email: string;
  displayName: string;
  roleId: string;
  handRoleId: string | null;
  state: MemberState;
}

/**
 * Inserts unless somebody has the user name or the address: a person's row must not repeat even a
 * provider's.
 */
async function insertManual(session: Session, facts: ManualMember): Promise<MemberRow> {
  const member = await session.insert(
    'members',
    {
      id: newId(),
      ...valuesOf(facts),
      role_id: facts.roleId,
      hand_role_id: facts.handRoleId,
      state: facts.state,
    },
    memberColumns,
    { where: sql`not exists (${holderOf(session, facts)})` },
  );
  if (member) return member;
  await assertFree(session, facts, null, () => 'email');
  throw new Refusal('user-name-taken', 'A member with this user name already exists.', {
    field: ['email'],
  });
}

function holderOf(
  session: Session,
  { userName, email }: { userName?: string | undefined; email?: string | null | undefined },
  except: string | null = null,
) {
  return sql<{ id: string; byName: boolean }>`
    select id, user_name_key = ${folded(userName ?? null)} as "byName" from members
    where tenant_id = ${session.tenantId} and state <> 'DELETED'
      and id is distinct from ${except}::uuid
      and (user_name_key = ${folded(userName ?? null)} or email_key = ${folded(email ?? null)})
    limit 1
  `;
}

/**
 * Refuses a user name or an address that another living member has, whoever made it. `said` is
 * where the caller was told it: an address may be both.
 */
export async function assertFree(
  session: Session,
  wanted: { userName?: string | undefined; email?: string | null | undefined },
  except: string | null,
  said: (what: 'userName' | 'email') => string,
): Promise<void> {
  const holder = (await holderOf(session, wanted, except).execute(session.db)).rows[0];
  if (!holder) return;
  throw holder.byName
    ? new Refusal('user-name-taken', 'A member with this user name already exists.', {
        field: [said('userName')],
        holderId: holder.id,
      })
    : new Refusal('email-taken', 'A member with this address already exists.', {
        field: [said('email')],
        holderId: holder.id,
      });
}
