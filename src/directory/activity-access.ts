import type { Permission } from './actor.ts';
import type { Session } from './session.ts';
import { Refusal } from './refusal.ts';

/**
 * Rule 28: what others did (history, exchanges, what they sent, last use of secrets) is for those who may read the log or administer the
 * thing in question. Everybody may read what was done to themselves.
 */
export function mayReadActivity(
  { actor, tenantId }: Session,
  administeredBy: readonly Permission[] = [],
  memberId?: string,
): boolean {
  if (memberId !== undefined && isOneself({ actor, tenantId }, memberId)) return true;
  return actor.may('AUDIT_READ') || administeredBy.some(permission => actor.may(permission));
}

/** Refuses what `mayReadActivity` does not allow. */
export function requireActivity(
  session: Session,
  administeredBy: readonly Permission[] = [],
  memberId?: string,
): void {
  if (mayReadActivity(session, administeredBy, memberId)) return;
  const needed = ['AUDIT_READ', ...administeredBy];
  throw new Refusal(
    'forbidden',
    `What others did is read with the permission ${needed.join(' or ')}.`,
  );
}

/** A person of the parent is nobody in a child. */
export const isOneself = (
  { actor, tenantId }: Pick<Session, 'actor' | 'tenantId'>,
  memberId: string,
): boolean => actor.tenantId === tenantId && actor.record.memberId === memberId;
