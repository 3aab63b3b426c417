import type { Session } from '../session.ts';
import type { MemberState } from '../members/member.ts';
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

interface OwnerFacts {
  state: MemberState;
  roleId: string;
}

/**
 * Rule 11: a tenant keeps one active owner. Asked wherever a row of a member is written, after the
 * statement: when an active owner is none any more, another one has to be left.
 */
export async function keepAnOwner(
  session: Session,
  { before, after }: { before: OwnerFacts; after: OwnerFacts },
): Promise<void> {
  if (before.state !== 'ACTIVE') return;
  if (after.state === 'ACTIVE' && after.roleId === before.roleId) return;
  await keepAnOwnerAfter(session, new Set([before.roleId]));
}

/** The same for the role pass, which moves many members out of these roles at once. */
export async function keepAnOwnerAfter(
  session: Session,
  rolesLeft: ReadonlySet<string>,
): Promise<void> {
  if (rolesLeft.size > 0 && rolesLeft.has(await ownerRoleId(session)))
    await assertOwnerRemains(session);
}

/**
 * The owner role's row is locked, so that two who leave at the same time do not each count on the
 * other.
 */
async function assertOwnerRemains(session: Session): Promise<void> {
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
