import { sql } from 'kysely';
import type { AttributeChange } from '../audit/audit-entry.ts';
import { assertMayReach } from '../authority.ts';
import { type MemberSubject, subjectColumns, subjectOf } from '../members/subject.ts';
import type { Session } from '../session.ts';

/**
 * Cuts every link of a provider: two statements, and one entry for each member and team. No role
 * follows: teams, pushed roles and locks stay.
 */
export async function dropLinks(session: Session, providerId: string): Promise<void> {
  const unlinked = { provider_id: null, external_id: null, link_id: null };
  const where = sql`target.provider_id = ${providerId}::uuid`;
  const external = sql`old.external_id as "externalId"`;
  const teams = await session.updateMany<'teams', Unlinked>('teams', unlinked, {
    where,
    returning: sql`target.id, target.name, ${external}`,
  });
  const members = await session.updateMany<'members', MemberSubject & Pick<Unlinked, 'externalId'>>(
    'members',
    { ...unlinked, link_authority: [] },
    {
      where,
      returning: sql`${subjectColumns}, ${external}`,
    },
  );
  await assertMayReach(session, { members }, 'id');
  await session.recordAll([
    ...teams.map(({ externalId, ...team }) => ({
      action: 'team.unlinked',
      providerId,
      subject: { type: 'Team' as const, ...team },
      changes: changesOfCut(providerId, externalId),
    })),
    ...members.map(({ externalId, ...member }) => ({
      action: 'member.unlinked',
      providerId,
      subject: subjectOf(member),
      changes: changesOfCut(providerId, externalId),
    })),
  ]);
}

interface Unlinked {
  id: string;
  name: string;
  externalId: string | null;
}

/** The changes that an entry about a cut link has. */
const changesOfCut = (providerId: string, externalId: string | null): AttributeChange[] => [
  { name: 'providerId', before: providerId, after: null },
  ...(externalId === null ? [] : [{ name: 'externalId', before: externalId, after: null }]),
];
