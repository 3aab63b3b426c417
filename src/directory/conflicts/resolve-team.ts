import { assertMayMove } from '../authority.ts';
import { assertSameOwner, lockWithOwner } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { invalid } from '../refusal.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { linkTeam } from '../teams/link.ts';
import { subjectOf as teamSubject } from '../teams/lock.ts';
import { insert as insertTeam, type ProvisionedTeam } from '../teams/provision.ts';
import { teamColumns, type TeamRow } from '../teams/team-rows.ts';
import { write as writeTeam } from '../teams/write.ts';
import { aside, assertPossible } from './choices.ts';
import type { ConflictChoice } from './conflict-case.ts';
import type { ConflictCaseRow } from './conflict-rows.ts';

/** Carries out the choice for the team that has the name. */
export async function resolveTeam(
  session: Session,
  provider: ProviderRow,
  found: ConflictCaseRow,
  choice: ConflictChoice,
): Promise<void> {
  const facts = found.facts as unknown as ProvisionedTeam;
  const read = () =>
    session
      .rows('teams')
      .select(teamColumns)
      .where('id', '=', found.candidateId)
      .forUpdate()
      .executeTakeFirst();
  const { owner, row: candidate } = await lockWithOwner(session, 'teams', found.candidateId, read);
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
