import { type RawBuilder, sql } from 'kysely';
import { assertSameOwner, lockWithOwner } from '../identity-providers/lock.ts';
import type { ProviderRow } from '../identity-providers/provider-rows.ts';
import { notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type TeamRow, teamRow } from './team-rows.ts';

export interface LockedTeam {
  team: TeamRow;
  owner: ProviderRow | null;
}

/**
 * A team ready to be changed: the switch of its provider locked, and the rulebook, which may speak
 * about the team. The team's own row is locked only when the row itself changes; those who only add
 * and remove members must not wait for each other.
 */
export async function lockTeam(
  session: Session,
  id: string,
  lock: 'row' | 'switch' = 'row',
): Promise<LockedTeam> {
  if (!isId(id)) throw notFound('team');
  const read = () => teamLocked(session, id, lock === 'row' ? sql`for update` : sql`for key share`);
  const { owner, row: team } = await lockWithOwner(session, 'teams', id, read, { rulebook: true });
  if (!team || (session.asProvider && team.providerId !== session.asProvider))
    throw notFound('team');
  assertSameOwner(team, owner);
  return { team, owner };
}

async function teamLocked(
  { db, tenantId }: Session,
  id: string,
  lock: RawBuilder<unknown>,
): Promise<TeamRow | undefined> {
  const { rows } = await sql<TeamRow>`
      select ${teamRow} from teams where tenant_id = ${tenantId} and id = ${id} ${lock}`.execute(
    db,
  );
  return rows[0];
}

export const subjectOf = (team: Pick<TeamRow, 'id' | 'name'>) => ({
  type: 'Team' as const,
  id: team.id,
  name: team.name,
});
