import type { Session } from '../session.ts';
import { Refusal } from '../refusal.ts';

export async function ownerRoleId(session: Session): Promise<string> {
  return (
    await session
      .rows('roles')
      .select('id')
      .where('built_in', '=', 'owner')
      .executeTakeFirstOrThrow()
  ).id;
}

/**
 * Rule 11: a tenant keeps one active owner. Asked after an owner was demoted, disabled or deleted; the owner role's row is held,
 * so that two who leave at the same time do not each count on the other.
 */
export async function assertOwnerRemains(session: Session): Promise<void> {
  const { id } = await session
    .rows('roles')
    .select('id')
    .where('built_in', '=', 'owner')
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const remaining = await session
    .rows('members')
    .select('id')
    .where('role_id', '=', id)
    .where('state', '=', 'ACTIVE')
    .limit(1)
    .executeTakeFirst();
  if (!remaining)
    throw new Refusal('last-owner', 'The tenant would be left without an active owner.');
}
