import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { lockProvider, ownersOf } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { assertMayEdit, manualRoleApplies, isManaged } from '../provenance.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { forgetRolesByHand } from '../roles/forget.ts';
import { reassignRoles } from '../roles/reassign.ts';
import type { Session } from '../session.ts';
import { isId, newId } from '../tables/ids.ts';
import { shareLocks } from '../tables/locks.ts';
import { assertFits } from '../tables/text.ts';
import { expelFromTeamsOf } from '../teams/evict.ts';
import { lockMember } from './lock.ts';
import type { MemberRow } from './member-rows.ts';
import { reload } from './reload.ts';
import { subjectOf } from './subject.ts';
import { type MemberPatch, write } from './write.ts';

/**
 * Ties a member to an account at a provider, or cuts the tie. While the provider manages the
 * member, the external id is the provider's: it can be cut loose here, not pointed elsewhere.
 */
export function setLink(
  session: Session,
  id: string,
  providerId: string,
  externalId: string | null,
): Promise<MemberRow> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const owners = isId(id) ? [ownersOf(session, 'members', [id])] : [];
    await shareLocks(session, { switches: [providerId, ...owners], rulebook: true });
    const provider = await lockProvider(session, providerId);
    if (!provider) throw notFound('identity provider', 'identityProviderId');
    const { member, owner } = await lockMember(session, id);
    session.attempting(
      externalId === null ? 'member.unlinked' : 'member.linked',
      subjectOf(member),
    );
    await assertMayReach(session, { members: [member] }, 'id');
    const isSame = member.providerId === providerId && member.externalId === externalId;
    if (externalId === null)
      return member.providerId === providerId ? unlink(session, member, provider) : member;
    assertFits('externalId', externalId);
    if (externalId.trim() === '') throw invalid('`externalId` must not be empty.', 'externalId');
    if (isSame) return vouch(session, member, provider);
    if (member.providerId !== null) assertMayEdit(member, owner, ['externalId'], null);
    await assertAccountFree(session, providerId, externalId, id);
    return link(session, member, provider, { externalId });
  });
}

/**
 * Linking a member again, with permissions that the previous person lacked, replaces the authority
 * of the link by the caller's (rule 25).
 */
async function vouch(
  session: Session,
  member: MemberRow,
  provider: ProviderRow,
): Promise<MemberRow> {
  const linkAuthority = [...session.actor.permissions];
  if (linkAuthority.every(permission => member.linkAuthority.includes(permission))) return member;
  const { member: written } = await write(session, member, { linkAuthority });
  session.record({
    action: 'member.linked',
    subject: subjectOf(written),
    changes: [{ name: 'linkAuthority', before: member.linkAuthority, after: linkAuthority }],
    providerId: provider.id,
  });
  return written;
}

/** Makes the link inside a running change, and whatever else the provider's word brings with it. */
export async function link(
  session: Session,
  member: MemberRow,
  provider: ProviderRow,
  patch: MemberPatch,
): Promise<MemberRow> {
  const { member: written, changes } = await write(session, member, {
    ...patch,
    providerId: provider.id,
    linkId: newId(),
    linkAuthority: session.asProvider ? [] : [...session.actor.permissions],
  });
  session.record({
    action: 'member.linked',
    subject: subjectOf(written),
    changes,
    providerId: provider.id,
  });
  if (written.handRoleId !== null && !manualRoleApplies(written, provider))
    await forgetRolesByHand(session, sql`target.id = ${member.id}::uuid`);
  await reassignRoles(session, [member.id]);
  return reload(session, member.id);
}

async function unlink(
  session: Session,
  member: MemberRow,
  provider: ProviderRow,
): Promise<MemberRow> {
  const { member: written, changes } = await write(session, member, {
    providerId: null,
    externalId: null,
    linkId: null,
  });
  session.record({
    action: 'member.unlinked',
    subject: subjectOf(written),
    changes,
    providerId: provider.id,
  });
  if (isManaged(member, provider)) await expelFromTeamsOf(session, provider.id, [member.id]);
  await reassignRoles(session, [member.id]);
  return reload(session, member.id);
}

async function assertAccountFree(
  session: Session,
  providerId: string,
  externalId: string,
  except: string,
): Promise<void> {
  const holder = await session
    .rows('members')
    .select('id')
    .where('provider_id', '=', providerId)
    .where('external_id', '=', externalId)
    .where('state', '<>', 'DELETED')
    .where('id', '<>', except)
    .limit(1)
    .executeTakeFirst();
  if (holder)
    throw new Refusal('external-id-taken', 'Another member is linked to this account.', {
      field: ['externalId'],
      holderId: holder.id,
    });
}
