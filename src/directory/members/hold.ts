import type { Directory } from '../directory.ts';
import { assertSameOwner, holdActing, holdOwnerOf } from '../identity-providers/hold.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { notFound } from '../refusal.ts';
import { isId } from '../ids.ts';
import { type MemberRow, memberColumns } from './member-rows.ts';

export interface Held { member: MemberRow; owner: ProviderRow | null }

/** A member ready to be changed: its provider's switch held still, then its own row. A provider holds only what is linked to it. */
export async function hold(directory: Directory, id: string, { deleted = false } = {}): Promise<Held> {
  if (!isId(id)) throw notFound('member');
  const [owner, member] = await Promise.all([
    directory.asProvider ? holdActing(directory) : holdOwnerOf(directory, 'members', id),
    directory.rows('members').select(memberColumns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst(),
  ]);
  if (!member || (member.state === 'DELETED') !== deleted) throw notFound('member');
  if (directory.asProvider && member.providerId !== directory.asProvider) throw notFound('member');
  assertSameOwner(member, owner);
  return { member, owner };
}

export const subjectOf = (member: Pick<MemberRow, 'id' | 'displayName' | 'userName'>) =>
  ({ type: 'Member' as const, id: member.id, name: member.displayName, handle: member.userName });
