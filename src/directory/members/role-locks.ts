import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { invalid, Refusal } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import { keepAnOwner } from '../roles/owners.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { shareLocks } from '../tables/locks.ts';
import { lockMember } from './lock.ts';
import { memberColumns, type MemberRow } from './member-rows.ts';
import { reload } from './reload.ts';
import { roleToGive } from './role-to-give.ts';
import { subjectOf } from './subject.ts';

export interface LockFacts {
  roleId?: string | null | undefined;
  reason?: string | null | undefined;
  expiresAt?: Date | null | undefined;
}

/**
 * Keeps a role through every sync, until somebody with the right to releases it, or until its time
 * is over.
 */
export function lockRole(
  session: Session,
  id: string,
  { roleId, reason, expiresAt }: LockFacts,
): Promise<MemberRow> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    if (expiresAt && expiresAt.getTime() <= Date.now())
      throw invalid('`expiresAt` must be in the future.', 'expiresAt');
    const { member } = await lockMember(session, id);
    session.attempting('member.roleLocked', subjectOf(member));
    const role = await roleToGive(session, roleId ?? member.roleId, member);
    const next = { roleId: role.id, reason: reason ?? null, expiresAt: expiresAt ?? null };
    if (
      member.roleLocked &&
      member.roleId === next.roleId &&
      member.lockReason === next.reason &&
      sameTime(member.lockExpiresAt, next.expiresAt)
    )
      return member;
    const lock = {
      role_id: next.roleId,
      role_locked: true,
      lock_reason: next.reason,
      lock_expires_at: next.expiresAt,
      locked_by: session.actor.record,
      locked_at: sql`now()`,
    };
    const written = await session.update('members', id, lock, memberColumns);
    await keepAnOwner(session, { before: member, after: written });
    const before = await roleById(session, member.roleId);
    session.record({
      action: 'member.roleLocked',
      subject: subjectOf(member),
      reason: next.reason,
      changes: [
        { name: 'roleLock', before: member.roleLocked ? before?.name : null, after: role.name },
        ...(role.id === member.roleId
          ? []
          : [{ name: 'role', before: before?.name, after: role.name }]),
      ],
    });
    return written;
  });
}

/** Hands the role back to the rules, at once. */
export function unlockRole(
  session: Session,
  id: string,
  reason?: string | null,
): Promise<MemberRow> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    const { member } = await lockMember(session, id, { rulebook: true });
    session.attempting('member.roleUnlocked', subjectOf(member));
    await assertMayReach(session, { members: [member] }, 'id');
    if (!member.roleLocked) return member;
    await release(session, member, 'member.roleUnlocked', reason ?? null);
    return reload(session, id);
  });
}

/**
 * Releases locks whose time is over. Nobody asked: the service does it, for each member alone, and
 * leaves the lock that keeps the last owner.
 */
export async function releaseExpiredLocks(session: Session): Promise<number> {
  const due = () =>
    session
      .rows('members')
      .where('lock_expires_at', '<=', sql<Date>`now()`)
      .where('role_locked', '=', true);
  let released = 0;
  for (const { id } of await due().select('id').orderBy('lock_expires_at').limit(500).execute()) {
    released += await session
      .change(async () => {
        await shareLocks(session, { rulebook: true });
        const member = await due()
          .select(memberColumns)
          .where('id', '=', id)
          .forNoKeyUpdate()
          .skipLocked()
          .executeTakeFirst();
        if (!member) return 0;
        await release(session, member, 'member.roleLockExpired', null);
        return 1;
      })
      .catch(error => {
        if (error instanceof Refusal && error.code === 'last-owner') return 0;
        throw error;
      });
  }
  return released;
}

/** The lock columns of a member whose role is not locked. */
export const UNLOCKED = {
  role_locked: false,
  lock_reason: null,
  lock_expires_at: null,
  locked_by: null,
  locked_at: null,
} as const;

/** Removes the lock; the rules decide the role at once. */
export async function release(
  session: Session,
  member: MemberRow,
  action: string,
  reason: string | null,
): Promise<void> {
  await session.update('members', member.id, UNLOCKED, ['id']);
  const locked = await roleById(session, member.roleId);
  session.record({
    action,
    subject: subjectOf(member),
    reason,
    changes: [{ name: 'roleLock', before: locked?.name, after: null }],
  });
  await reassignRoles(session, [member.id]);
}

const sameTime = (a: Date | null, b: Date | null) =>
  (a?.getTime() ?? null) === (b?.getTime() ?? null);
