import { sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import { Refusal, someOf } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import type { LockedTeam } from './lock.ts';

/**
 * The members as the rules need them. Locked, so that nobody deletes or unlinks one while it joins.
 */
export async function newcomers(
  session: Session,
  team: LockedTeam['team'],
  ids: readonly string[],
) {
  const well = ids.filter(isId);
  // By their keys and nothing else: any other condition lets the planner take an index of the whole
  // tenant for this (see removeFrom).
  const seen = await session
    .rows('members')
    .select([
      'id',
      'display_name as displayName',
      'user_name as userName',
      'origin',
      'provider_id as providerId',
      'origin_provider_id as originProviderId',
      'state',
    ])
    .where(anyOf(sql`members.id`, well))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const members = seen.filter(
    ({ state, providerId }) =>
      state !== 'DELETED' && (!session.asProvider || providerId === session.asProvider),
  );
  if (members.length === ids.length) return members;
  const known = new Set(members.map(member => member.id));
  const unknown = ids.filter(id => !known.has(id));
  if (session.asProvider) session.ifRefused(then => rememberStrangers(then, team, unknown));
  throw new Refusal('unknown-member', `No such member: ${someOf(unknown, 10)}.`, {
    field: ['memberIds'],
    objectIds: unknown,
  });
}

const STRANGERS_SHOWN = 20;

/**
 * A provider is told the same of a member that is not its own as of nobody (rule 9); the log knows
 * the difference (rule 3).
 */
async function rememberStrangers(
  session: Session,
  { id, name }: LockedTeam['team'],
  unknown: readonly string[],
): Promise<void> {
  const strangers = await session
    .rows('members')
    .select(['display_name as displayName', sql<number>`count(*) over ()`.as('total')])
    .where(anyOf(sql`members.id`, unknown))
    .where('state', '<>', 'DELETED')
    .orderBy('id')
    .limit(STRANGERS_SHOWN)
    .execute();
  const [first] = strangers;
  if (!first) return;
  const names = strangers.map(({ displayName }) => displayName);
  // As it is called now that everything is rolled back; none if it was to be made.
  const team = await session
    .rows('teams')
    .select(['id', 'name'])
    .where('id', '=', id)
    .executeTakeFirst();
  session.record({
    action: 'membership.added',
    subject: { type: 'Team', id: team?.id ?? null, name: team?.name ?? name },
    outcome: 'FAILURE',
    providerId: session.asProvider,
    changes: [{ name: 'members' }],
    reason:
      'Members that do not come from this provider cannot be in its team: ' +
      `${someOf(names, STRANGERS_SHOWN, first.total)}.`,
  });
}
