import { type RawBuilder, sql } from 'kysely';
import { Refusal, someOf } from '../refusal.ts';
import type { Session } from '../session.ts';
import { removeFrom } from './expel.ts';
import type { TeamRow } from './team-rows.ts';
import { teamsChanged } from './touch.ts';

/**
 * Ids that a refusal carries, and names that its sentence shows; it says how many there are in all.
 */
const MOST_IN_THE_WAY = 500;
const NAMES_SHOWN = 20;

/**
 * Members of these teams that do not come from the provider. Each table is read by its key (see
 * removeFrom).
 */
const strangersIn = (
  { tenantId }: Session,
  providerId: string,
  teamIds: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  members where tenant_id = ${tenantId}::uuid and provider_id is distinct from ${providerId}::uuid
  and id = any(array(
    select member_id from memberships where tenant_id = ${tenantId}::uuid
    and team_id = any(${teamIds})))`;

const teamsOf = ({ tenantId }: Session, providerId: string): RawBuilder<unknown> =>
  sql`
    array(select id from teams where tenant_id = ${tenantId}::uuid
    and provider_id = ${providerId}::uuid)`;

/** Rule 8: a provider's teams hold only its members. Refuses with the list of the others. */
export async function assertNoStrangers(
  session: Session,
  providerId: string,
  teamId?: string,
): Promise<void> {
  const teams = teamId ? sql`array[${teamId}::uuid]` : teamsOf(session, providerId);
  const { rows } = await sql<{ id: string; name: string; total: number }>`
    select id, display_name as name, count(*) over () as total
    from ${strangersIn(session, providerId, teams)} order by id limit ${MOST_IN_THE_WAY}
  `.execute(session.db);
  const [first] = rows;
  if (!first) return;
  const names = rows.map(row => row.name);
  throw new Refusal(
    'manual-members-inside',
    'Members that do not come from this provider are in its teams: ' +
      `${someOf(names, NAMES_SHOWN, first.total)}.`,
    {
      field: ['provisioning'],
      providerId,
      objectIds: rows.map(row => row.id),
      objectCount: first.total,
    },
  );
}

/** Takes everybody who does not come from the provider out of its teams. */
export async function evictStrangers(session: Session, providerId: string): Promise<void> {
  const teams = teamsOf(session, providerId);
  const { rows } = await sql<{ id: string }>`
    select id from ${strangersIn(session, providerId, teams)} order by id
  `.execute(session.db);
  await expelFromTeamsOf(
    session,
    providerId,
    rows.map(({ id }) => id),
    'evictManualMembers',
  );
}

/**
 * Takes members that are not, or no longer, the provider's out of its teams: out of one after the
 * other, in the order of their ids.
 */
export async function expelFromTeamsOf(
  session: Session,
  providerId: string,
  memberIds: readonly string[],
  field = 'id',
): Promise<void> {
  if (memberIds.length === 0) return;
  const { db, tenantId } = session;
  const { rows: teams } = await sql<Pick<TeamRow, 'id' | 'name'>>`
    select id, name from teams where tenant_id = ${tenantId}::uuid
    and provider_id = ${providerId}::uuid and id = any(array(
      select distinct team_id from memberships where tenant_id = ${tenantId}::uuid
      and member_id = any(${memberIds}::uuid[]))) order by id
  `.execute(db);
  for (const team of teams) {
    const left = await removeFrom(session, team, memberIds, { providerId, field });
    if (left.length > 0) teamsChanged(session, [team.id]);
  }
}
