import { sql } from 'kysely';
import { assertMayMove, assertMayReach } from '../authority.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { assertSameOwner, lockOwnerOf, lockProvider } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { link } from '../members/link.ts';
import { type MemberRow, memberColumns } from '../members/member-rows.ts';
import {
  insert as insertMember,
  patchOf,
  type ProvisionedMember,
  switched,
} from '../members/provision.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import { type MemberPatch, write as writeMember } from '../members/write.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import { subjectOf as teamSubject } from '../teams/lock.ts';
import { insert as insertTeam, type ProvisionedTeam } from '../teams/provision.ts';
import { linkTeam } from '../teams/link.ts';
import { type TeamRow, teamColumns } from '../teams/team-rows.ts';
import { write as writeTeam } from '../teams/write.ts';
import { assertPossible } from './choices.ts';
import type { ConflictChoice } from './conflict-case.ts';
import { type ConflictCaseRow, conflictColumns } from './conflict-rows.ts';
import { inviteNew } from '../invitations/invite-new.ts';

const MOST = 500;

/**
 * Resolves cases as a person decided: one choice for all of them, all or none. A rejected case
 * stays closed to retries.
 */
export function resolve(
  session: Session,
  ids: readonly string[],
  choice: ConflictChoice,
  candidateId?: string | null,
): Promise<ConflictCaseRow[]> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    if (ids.length === 0 || ids.length > MOST)
      throw invalid(`Name from 1 to ${MOST} cases.`, 'ids');
    const resolved: ConflictCaseRow[] = [];
    for (const id of new Set(ids)) {
      const found = isId(id)
        ? await session
            .rows('conflict_cases')
            .select(conflictColumns)
            .where('id', '=', id)
            .forUpdate()
            .executeTakeFirst()
        : undefined;
      if (!found || (found.settledAt !== null && found.choice !== 'REJECT'))
        throw notFound('open conflict').at('ids', String(ids.indexOf(id)));
      session.attempting('conflict.resolved', {
        type: 'ConflictCase',
        id: found.id,
        name: found.nameKey,
      });
      if (candidateId && candidateId !== found.candidateId)
        throw invalid('This is not a candidate of the case.', 'candidateId');
      resolved.push(
        await resolveCase(session, found, choice).catch((error: unknown) => {
          throw error instanceof Refusal ? error.at('ids', String(ids.indexOf(id))) : error;
        }),
      );
    }
    return resolved;
  });
}

async function resolveCase(
  session: Session,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<ConflictCaseRow> {
  if (found.choice === choice) return found;
  const provider = await lockProvider(session, found.providerId);
  if (!provider) throw notFound('identity provider', 'ids');
  if (choice !== 'REJECT')
    await (found.kind === 'member'
      ? settleMember(session, provider, found, choice)
      : settleTeam(session, provider, found, choice));
  const set = { settled_at: sql`now()`, choice };
  const resolved = await session.update('conflict_cases', found.id, set, conflictColumns);
  session.record({
    action: 'conflict.resolved',
    subject: { type: 'ConflictCase', id: found.id, name: found.nameKey },
    providerId: provider.id,
    changes: [{ name: 'choice', after: choice }],
  });
  return resolved;
}

async function settleMember(
  session: Session,
  provider: ProviderRow,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<void> {
  const facts = found.facts as unknown as ProvisionedMember;
  const owner = await lockOwnerOf(session, 'members', found.candidateId);
  const candidate = await session
    .rows('members')
    .select([...memberColumns, 'user_name_key as userNameKey'])
    .where('id', '=', found.candidateId)
    .where('state', '<>', 'DELETED')
    .forNoKeyUpdate()
    .executeTakeFirst();
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
      ? { ...patchOf(facts), ...switched(candidate, facts.active) }
      : { externalId: facts.externalId, ...acceptedBy(facts, candidate) };
  await link(session, candidate, provider, patch);
}

/**
 * Everything else of an invited member stays, but a provider that sends `active: true` makes it
 * ACTIVE: no invitation has to be accepted any more.
 */
const acceptedBy = ({ active }: ProvisionedMember, candidate: MemberRow): MemberPatch =>
  candidate.state === 'INVITED' && active ? switched(candidate, active) : {};

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

async function settleTeam(
  session: Session,
  provider: ProviderRow,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<void> {
  const facts = found.facts as unknown as ProvisionedTeam;
  const owner = await lockOwnerOf(session, 'teams', found.candidateId);
  const candidate = await session
    .rows('teams')
    .select(teamColumns)
    .where('id', '=', found.candidateId)
    .forUpdate()
    .executeTakeFirst();
  if (!candidate || candidate.providerId === provider.id)
    throw invalid(
      'The team of this case was deleted or linked meanwhile; the provider will try again.',
      'ids',
    );
  assertSameOwner(candidate, owner);
  if (candidate.nameKey !== found.nameKey)
    throw invalid(
      'The team of this case has another name by now; the provider will not meet it again.',
      'ids',
    );
  assertPossible(choice, owner);
  if (choice === 'CREATE_NEW') return createTeamBeside(session, provider, candidate, facts);
  // Members of a mapped team get its role, and from now on the provider decides who they are: this
  // needs the permissions of that role.
  const rules = await lockRulebook(session);
  await assertMayMove(session, rules, { teamIds: [candidate.id] }, 'ids');
  await linkTeam(
    session,
    candidate,
    provider,
    choice === 'LINK_OVERWRITE' ? facts : { externalId: facts.externalId },
  );
}

async function createTeamBeside(
  session: Session,
  provider: ProviderRow,
  candidate: TeamRow,
  facts: ProvisionedTeam,
): Promise<void> {
  const { team: renamed, changes } = await writeTeam(session, candidate, {
    name: aside(candidate.name, candidate.id),
  });
  session.record({ action: 'team.updated', subject: teamSubject(renamed), changes });
  if (!(await insertTeam(session, provider, facts)))
    throw invalid('The name is in use again; the provider will try again.', 'ids');
}

/** The name that a thing made by hand takes when it steps aside: readable, and nobody else's. */
const aside = (name: string, id: string): string => `${name} (local ${id.slice(-6)})`;
