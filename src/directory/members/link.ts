import { assertMayReach } from '../authority.ts';
import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { holdProvider } from '../identity-providers/hold.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { newId } from '../ids.ts';
import { assertMayEdit, handCounts, isManaged } from '../provenance.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { forgetRolesByHand } from '../roles/forget.ts';
import { assertOwnerRemains, ownerRoleId } from '../roles/owners.ts';
import { settle } from '../roles/settle.ts';
import { expelFromTeamsOf } from '../teams/evict.ts';
import { assertFits } from '../text.ts';
import { afresh } from './afresh.ts';
import { hold, subjectOf } from './hold.ts';
import type { MemberRow } from './member-rows.ts';
import { type MemberPatch, write } from './write.ts';

/**
 * Ties a member to an account at a provider, or cuts the tie. While the provider manages the member, the external id is the
 * provider's: it can be cut loose here, not pointed elsewhere.
 */
export function setLink(
  directory: Session,
  id: string,
  providerId: string,
  externalId: string | null,
): Promise<MemberRow> {
  return directory.change(async () => {
    directory.require('PROVISIONING_ADMIN');
    const provider = await holdProvider(directory, providerId);
    if (!provider) throw notFound('identity provider', 'identityProviderId');
    const { member, owner } = await hold(directory, id);
    directory.attempting(
      externalId === null ? 'member.unlinked' : 'member.linked',
      subjectOf(member),
    );
    await assertMayReach(directory, { members: [member] }, 'id');
    const isSame = member.providerId === providerId && member.externalId === externalId;
    if (externalId === null)
      return member.providerId === providerId ? unlink(directory, member, provider) : member;
    assertFits('externalId', externalId);
    if (externalId.trim() === '') throw invalid('`externalId` must not be empty.', 'externalId');
    if (isSame) return vouch(directory, member, provider);
    if (member.providerId !== null) assertMayEdit(member, owner, ['externalId'], null);
    await assertAccountFree(directory, providerId, externalId, id);
    return link(directory, member, provider, { externalId });
  });
}

/** Whoever links a member once more, and holds something that the last who did lacks, answers for the link from now on (rule 25). */
async function vouch(
  directory: Session,
  member: MemberRow,
  provider: ProviderRow,
): Promise<MemberRow> {
  const linkAuthority = [...directory.actor.permissions];
  if (linkAuthority.every(permission => member.linkAuthority.includes(permission))) return member;
  const { member: written } = await write(directory, member, { linkAuthority });
  directory.record({
    action: 'member.linked',
    subject: subjectOf(written),
    changes: [{ name: 'linkAuthority', before: member.linkAuthority, after: linkAuthority }],
    providerId: provider.id,
  });
  return written;
}

/** Makes the link inside a running change, and whatever else the provider's word brings with it. */
export async function link(
  directory: Session,
  member: MemberRow,
  provider: ProviderRow,
  patch: MemberPatch,
): Promise<MemberRow> {
  const { member: written, changes } = await write(directory, member, {
    ...patch,
    providerId: provider.id,
    linkId: newId(),
    linkAuthority: directory.asProvider ? [] : [...directory.actor.permissions],
  });
  directory.record({
    action: 'member.linked',
    subject: subjectOf(written),
    changes,
    providerId: provider.id,
  });
  if (written.handRoleId !== null && !handCounts(written, provider))
    await forgetRolesByHand(directory, sql`target.id = ${member.id}::uuid`);
  await settle(directory, [member.id]);
  if (
    member.state === 'ACTIVE' &&
    written.state !== 'ACTIVE' &&
    member.roleId === (await ownerRoleId(directory))
  )
    await assertOwnerRemains(directory);
  return afresh(directory, member.id);
}

async function unlink(
  directory: Session,
  member: MemberRow,
  provider: ProviderRow,
): Promise<MemberRow> {
  const { member: written, changes } = await write(directory, member, {
    providerId: null,
    externalId: null,
    linkId: null,
  });
  directory.record({
    action: 'member.unlinked',
    subject: subjectOf(written),
    changes,
    providerId: provider.id,
  });
  if (isManaged(member, provider)) await expelFromTeamsOf(directory, provider.id, [member.id]);
  await settle(directory, [member.id]);
  return afresh(directory, member.id);
}

async function assertAccountFree(
  directory: Session,
  providerId: string,
  externalId: string,
  except: string,
): Promise<void> {
  const holder = await directory
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
