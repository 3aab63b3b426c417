import { sql } from 'kysely';
import { assertSameOwner, lockWithOwner } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import type { Wanted } from '../tables/locks.ts';
import { type MemberRow, memberRow } from './member-rows.ts';

export interface LockedMember {
  member: MemberRow;
  owner: ProviderRow | null;
}

/**
 * A member ready to be changed: the switch of its provider locked, then its row. A provider holds
 * only what is linked to it. A verb that may move the role says `rulebook`, which is locked between
 * the two, and one that depends on more providers names them (tables/locks.ts).
 */
export async function lockMember(
  session: Session,
  id: string,
  { evenDeleted = false, ...wanted }: Wanted & { evenDeleted?: boolean } = {},
): Promise<LockedMember> {
  if (!isId(id)) throw notFound('member');
  const read = () => memberForUpdate(session, id);
  const { owner, row: member } = await lockWithOwner(session, 'members', id, read, wanted);
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
