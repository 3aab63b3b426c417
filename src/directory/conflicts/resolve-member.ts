import { assertMayReach } from '../authority.ts';
import { assertSameOwner, lockWithOwner } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { inviteNew } from '../invitations/invite-new.ts';
import { link } from '../members/link.ts';
import { memberColumns, type MemberRow } from '../members/member-rows.ts';
import { insert as insertMember } from '../members/provision.ts';
import { patchOf, type ProvisionedMember, stateFor } from '../members/provisioned.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import { type MemberPatch, write as writeMember } from '../members/write.ts';
import { invalid } from '../refusal.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { aside, assertPossible } from './choices.ts';
import type { ConflictChoice } from './conflict-case.ts';
import type { ConflictCaseRow } from './conflict-rows.ts';

/** Carries out the choice for the member that has the user name. */
export async function resolveMember(
  session: Session,
  provider: ProviderRow,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<void> {
  const facts = found.facts as unknown as ProvisionedMember;
  const read = () =>
    session
      .rows('members')
      .select([...memberColumns, 'user_name_key as userNameKey'])
      .where('id', '=', found.candidateId)
      .where('state', '<>', 'DELETED')
      .forNoKeyUpdate()
      .executeTakeFirst();
  const { owner, row: candidate } = await lockWithOwner(
    session,
    'members',
    found.candidateId,
    read,
  );
  if (!candidate || candidate.providerId === provider.id)
    throw invalid(
      'The member of this case was deleted or linked meanwhile; the provider will try again.',
      'ids',
    );
  assertSameOwner(candidate, owner);
  if (candidate.userNameKey !== found.nameKey)
    throw invalid(
      'The member of this case has another user name by now; the provider will not meet it again.',
      'ids',
    );
  assertPossible(choice, owner);
  await assertMayReach(session, { members: [candidate] }, 'ids');
  if (choice === 'CREATE_NEW') return createBeside(session, provider, candidate, facts);
  const patch =
    choice === 'LINK_OVERWRITE'
      ? { ...patchOf(facts), ...stateFor(candidate, facts.active) }
      : { externalId: facts.externalId, ...acceptedBy(facts, candidate) };
  await link(session, candidate, provider, patch);
}

/**
 * Everything else of an invited member stays, but a provider that sends `active: true` makes it
 * ACTIVE: no invitation has to be accepted any more.
 */
const acceptedBy = ({ active }: ProvisionedMember, candidate: MemberRow): MemberPatch =>
  candidate.state === 'INVITED' && active ? stateFor(candidate, active) : {};

async function createBeside(
  session: Session,
  provider: ProviderRow,
  candidate: MemberRow,
  facts: ProvisionedMember,
): Promise<void> {
  const { member: renamed, changes } = await writeMember(session, candidate, {
    userName: aside(candidate.userName, candidate.id),
  });
  session.record({ action: 'member.updated', subject: memberSubject(renamed), changes });
  const made = await insertMember(session, provider, facts, await lockRulebook(session));
  if (!made) throw invalid('The user name is in use again; the provider will try again.', 'ids');
  await assertMayReach(session, { members: [made] }, 'ids');
  session.record({
    action: 'member.created',
    subject: memberSubject(made),
    providerId: provider.id,
    changes: [{ name: 'userName', after: made.userName }],
  });
  if (facts.active) await inviteNew(session, made.id, provider.features.invitations);
}
