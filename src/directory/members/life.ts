import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { assertMayEdit, isManaged, type Origin } from '../provenance.ts';
import { assertOwnerRemains, ownerRoleId } from '../roles/owners.ts';
import { settle } from '../roles/settle.ts';
import { hold, subjectOf } from './hold.ts';
import { assertFree } from './invite.ts';
import type { MemberRow } from './member-rows.ts';
import { write } from './write.ts';
import { afresh } from './afresh.ts';

type Reason = string | null | undefined;

/** Switches a person off: no credential of theirs opens anything from the next request on; teams, role and lock stay. */
export function disable(directory: Directory, id: string, reason?: Reason): Promise<MemberRow> {
  return directory.change(async () => {
    directory.require('DIRECTORY_WRITE');
    const { member, owner } = await hold(directory, id);
    directory.attempting('member.disabled', subjectOf(member));
    assertMayEdit(member, owner, ['active'], directory.asProvider);
    if (member.state === 'DISABLED') return member;
    const { member: written, changes } = await write(directory, member, { state: 'DISABLED', stateBefore: member.state });
    directory.record({ action: 'member.disabled', subject: subjectOf(written), changes, reason: reason ?? null, providerId: owner?.id ?? null });
    await assertOwnerLeft(directory, member);
    return written;
  });
}

/** Switches a person on again: everything is as it was. */
export function enable(directory: Directory, id: string, reason?: Reason): Promise<MemberRow> {
  return directory.change(async () => {
    directory.require('DIRECTORY_WRITE');
    const { member, owner } = await hold(directory, id);
    directory.attempting('member.enabled', subjectOf(member));
    assertMayEdit(member, owner, ['active'], directory.asProvider);
    if (member.state !== 'DISABLED') return member;
    const { member: written, changes } = await write(directory, member, { state: member.stateBefore ?? 'ACTIVE', stateBefore: null });
    directory.record({ action: 'member.enabled', subject: subjectOf(written), changes, reason: reason ?? null, providerId: owner?.id ?? null });
    return written;
  });
}

/** Takes a person out. Restorable for thirty days; meanwhile in nobody's way. */
export function remove(directory: Directory, id: string, reason?: Reason): Promise<MemberRow> {
  return directory.change(async () => {
    if (!directory.asProvider) directory.require('DIRECTORY_WRITE');
    const { member, owner } = await hold(directory, id, { evenDeleted: !directory.asProvider });
    if (member.state === 'DELETED') return member;
    directory.attempting('member.deleted', subjectOf(member));
    assertMayEdit(member, owner, ['existence'], directory.asProvider);
    const teamsBefore = await leaveAll(directory, id);
    const { member: written, changes } = await write(directory, member, { state: 'DELETED', deletedFrom: member.state, deletedAt: new Date(), teamsBefore });
    directory.record({ action: 'member.deleted', subject: subjectOf(written), changes, reason: reason ?? null, providerId: owner?.id ?? null });
    await assertOwnerLeft(directory, member);
    return written;
  });
}

/**
 * Brings a deleted person back, with the teams that would still have them. What a provider deleted stays deleted for that
 * provider: the person comes back without the link.
 */
export function restore(directory: Directory, id: string, reason?: Reason): Promise<MemberRow> {
  return directory.change(async () => {
    directory.require('DIRECTORY_WRITE');
    const { member, owner } = await hold(directory, id, { evenDeleted: true });
    if (member.state !== 'DELETED') return member;
    await assertFree(directory, { userName: member.userName, email: member.origin === 'MANUAL' ? member.email : undefined }, id, () => 'id');
    const unlinked = isManaged(member, owner) ? { providerId: null, externalId: null, linkId: null } : {};
    const { member: written, changes } = await write(directory, member,
      { state: member.deletedFrom ?? 'ACTIVE', deletedFrom: null, deletedAt: null, teamsBefore: null, ...unlinked });
    directory.record({ action: 'member.restored', subject: subjectOf(written), changes, reason: reason ?? null });
    await comeBack(directory, written, member.teamsBefore ?? []);
    await settle(directory, [id]);
    return afresh(directory, id);
  });
}

async function assertOwnerLeft(directory: Directory, member: MemberRow): Promise<void> {
  if (member.state === 'ACTIVE' && member.roleId === await ownerRoleId(directory)) await assertOwnerRemains(directory);
}

async function leaveAll(directory: Directory, memberId: string): Promise<{ teamId: string; origin: Origin }[]> {
  return directory.db.deleteFrom('memberships').where('tenant_id', '=', directory.tenantId).where('member_id', '=', memberId)
    .returning(['team_id as teamId', 'origin']).execute();
}

/** Teams that are gone, or that a provider manages and this member does not come from, are left out. Their links and switches are held still meanwhile. */
async function comeBack(directory: Directory, member: MemberRow, teams: readonly { teamId: string; origin: Origin }[]): Promise<void> {
  if (teams.length === 0) return;
  const ids = teams.map(team => team.teamId);
  await directory.rows('teams').select('id').where('id', 'in', ids).orderBy('id').forKeyShare().execute();
  const owners = directory.rows('teams').select('provider_id').where('id', 'in', ids);
  await directory.rows('identity_providers').select('id').where('id', 'in', owners).orderBy('id').forShare().execute();
  await sql`
    insert into memberships (tenant_id, team_id, member_id, origin)
    select t.tenant_id, t.id, ${member.id}::uuid, e.origin
    from jsonb_to_recordset(${JSON.stringify(teams.map(({ teamId, origin }) => ({ team_id: teamId, origin })))}::jsonb) as e (team_id uuid, origin text)
    join teams t on t.tenant_id = ${directory.tenantId} and t.id = e.team_id
    left join identity_providers p on p.tenant_id = t.tenant_id and p.id = t.provider_id
    where p.id is null or p.provisioning = 'OFF' or p.id = ${member.providerId}::uuid
    on conflict do nothing
  `.execute(directory.db);
}
