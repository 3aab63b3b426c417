import { sql } from 'kysely';
import { assertSameOwner, lockActingProvider, lockOwnerOf } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type MemberRow, memberRow } from './member-rows.ts';

export interface LockedMember {
  member: MemberRow;
  owner: ProviderRow | null;
}

/**
 * A member ready to be changed: its provider's row locked against a switch, then its own row. A
 * provider holds only what is linked to it.
 */
export async function lockMember(
  session: Session,
  id: string,
  { evenDeleted = false } = {},
): Promise<LockedMember> {
  if (!isId(id)) throw notFound('member');
  const [owner, member] = await Promise.all([
    session.asProvider ? lockActingProvider(session) : lockOwnerOf(session, 'members', id),
    memberForUpdate(session, id),
  ]);
  if (!member || (member.state === 'DELETED' && !evenDeleted)) throw notFound('member');
  if (session.asProvider && member.providerId !== session.asProvider) throw notFound('member');
  assertSameOwner(member, owner);
  return { member, owner };
}

async function memberForUpdate(
  { db, tenantId }: Session,
  id: string,
): Promise<MemberRow | undefined> {
  const { rows } = await sql<MemberRow>`
    select ${memberRow} from members where tenant_id = ${tenantId} and id = ${id} for no key update
  `.execute(db);
  return rows[0];
}
