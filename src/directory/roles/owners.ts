import type { MemberState } from '../members/member.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import type { Store } from '../tables/store.ts';

/**
 * By tenant. A built-in role is made with its tenant and never replaced, so its id is read once.
 */
const known = new WeakMap<Store, Map<string, string>>();
const KNOWN_MOST = 10_000;

export async function ownerRoleId(session: Session): Promise<string> {
  const { store, tenantId } = session;
  const ofStore = known.get(store) ?? new Map<string, string>();
  known.set(store, ofStore);
  const before = ofStore.get(tenantId);
  if (before !== undefined) return before;
  const { id } = await session
    .rows('roles')
    .select('id')
    .where('built_in', '=', 'owner')
    .executeTakeFirstOrThrow();
  if (ofStore.size >= KNOWN_MOST) ofStore.clear();
  ofStore.set(tenantId, id);
  return id;
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
