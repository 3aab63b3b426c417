import { type RawBuilder, sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { assertMayEdit, isManaged, type Origin } from '../provenance.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { readmit } from '../teams/admit.ts';
import { isId } from '../tables/ids.ts';
import { teamsChanged } from '../teams/touch.ts';
import { assertFree } from './insert-manual.ts';
import { lockMember } from './lock.ts';
import type { MemberRow } from './member-rows.ts';
import { reload } from './reload.ts';
import { subjectOf } from './subject.ts';
import { write } from './write.ts';

type Reason = string | null | undefined;

/**
 * Switches a person off: no credential of theirs opens anything from the next request on; teams,
 * role and lock stay.
 */
export function disable(session: Session, id: string, reason?: Reason): Promise<MemberRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const { member, owner } = await lockMember(session, id);
    session.attempting('member.disabled', subjectOf(member));
    assertMayEdit(member, owner, ['active'], session.asProvider);
    await assertMayReach(session, { members: [member] }, 'id');
    if (member.state === 'DISABLED') return member;
    const { member: written, changes } = await write(session, member, {
      state: 'DISABLED',
      stateBefore: member.state,
    });
    session.record({
      action: 'member.disabled',
      subject: subjectOf(written),
      changes,
      reason: reason ?? null,
      providerId: owner?.id ?? null,
    });
    return written;
  });
}

/** Switches a person on again: everything is as it was. */
export function enable(session: Session, id: string, reason?: Reason): Promise<MemberRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const { member, owner } = await lockMember(session, id);
    session.attempting('member.enabled', subjectOf(member));
    assertMayEdit(member, owner, ['active'], session.asProvider);
    await assertMayReach(session, { members: [member] }, 'id');
    if (member.state !== 'DISABLED') return member;
    const { member: written, changes } = await write(session, member, {
      state: member.stateBefore ?? 'ACTIVE',
      stateBefore: null,
    });
    session.record({
      action: 'member.enabled',
      subject: subjectOf(written),
      changes,
      reason: reason ?? null,
      providerId: owner?.id ?? null,
    });
    return written;
  });
}

/** Takes a person out. Restorable for thirty days; meanwhile in nobody's way. */
export function remove(session: Session, id: string, reason?: Reason): Promise<MemberRow> {
  return session.change(async () => {
    if (!session.asProvider) session.require('DIRECTORY_WRITE');
    const { member, owner } = await lockMember(session, id, { evenDeleted: !session.asProvider });
    if (member.state === 'DELETED') return member;
    session.attempting('member.deleted', subjectOf(member));
    assertMayEdit(member, owner, ['existence'], session.asProvider);
    await assertMayReach(session, { members: [member] }, 'id');
    const left = await leaveAll(session, id);
    teamsChanged(
      session,
      left.map(({ teamId }) => teamId),
    );
    const { member: written, changes } = await write(session, member, {
      state: 'DELETED',
      deletedFrom: member.state,
      deletedByProviderId: session.asProvider,
      deletedAt: new Date(),
      teamsBefore: left.map(({ teamId, origin }) => ({ teamId, origin })),
    });
    session.record({
      action: 'member.deleted',
      subject: subjectOf(written),
      changes,
      reason: reason ?? null,
      providerId: owner?.id ?? null,
    });
    for (const team of left)
      session.record({
        action: 'membership.removed',
        subject: subjectOf(written),
        related: { id: team.teamId, name: team.name },
        providerId: team.providerId,
        changes: [{ name: 'team', before: team.name }],
      });
    return written;
  });
}

/**
 * Brings a deleted person back, with the teams that would still have them. What a provider deleted
 * stays deleted for that provider, whatever its switch says by now: the person comes back without
 * the link (rule 17).
 */
export function restore(session: Session, id: string, reason?: Reason): Promise<MemberRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const { member, owner } = await lockMember(session, id, {
      evenDeleted: true,
      switches: isId(id) ? [ownersOfTeamsBefore(session, id)] : [],
      rulebook: true,
    });
    if (member.state !== 'DELETED') return member;
    session.attempting('member.restored', subjectOf(member));
    await assertFree(
      session,
      { userName: member.userName, email: member.origin === 'MANUAL' ? member.email : undefined },
      id,
      () => 'id',
    );
    const unlinked =
      member.deletedByProviderId !== null || isManaged(member, owner)
        ? { providerId: null, externalId: null, linkId: null }
        : {};
    const { member: written, changes } = await write(session, member, {
      state: member.deletedFrom ?? 'ACTIVE',
      deletedFrom: null,
      deletedByProviderId: null,
      deletedAt: null,
      teamsBefore: null,
      ...unlinked,
    });
    session.record({
      action: 'member.restored',
      subject: subjectOf(written),
      changes,
      reason: reason ?? null,
    });
    await readmit(session, written, member.teamsBefore ?? []);
    // Once they are back in their teams: what a locked member would have without the lock depends
    // on them.
    await assertMayReach(session, { members: [written] }, 'id');
    await reassignRoles(session, [id]);
    return reload(session, id);
  });
}

/** The providers of the teams that a deleted member was in. */
const ownersOfTeamsBefore = ({ tenantId }: Session, id: string): RawBuilder<unknown> => sql`
  select t.provider_id from teams t where t.tenant_id = ${tenantId}::uuid and t.id = any(array(
    select (left_team ->> 'teamId')::uuid from members m, jsonb_array_elements(m.teams_before)
      as left_team where m.tenant_id = ${tenantId}::uuid and m.id = ${id}::uuid
      and m.state = 'DELETED'))`;

interface LeftTeam {
  teamId: string;
  origin: Origin;
  name: string;
  providerId: string | null;
}

function leaveAll(session: Session, memberId: string): Promise<LeftTeam[]> {
  return session.removeMany<LeftTeam>('memberships', {
    from: sql`teams as t`,
    where: sql`target.member_id = ${memberId}::uuid
      and t.tenant_id = ${session.tenantId}::uuid and t.id = target.team_id`,
    returning: sql`target.team_id as "teamId", target.origin, t.name,
      t.provider_id as "providerId"`,
  });
}
