import { sql } from 'kysely';
import { assertMayMove } from '../authority.ts';
import type { Directory } from '../directory.ts';
import { isId } from '../ids.ts';
import { subjectOf as memberSubject } from '../members/hold.ts';
import { assertMayChangeMembership } from '../provenance.ts';
import { holdRulebook } from '../roles/rulebook.ts';
import { settleIfMapped } from './admit.ts';
import { hold, type HeldTeam, subjectOf } from './hold.ts';
import { touch } from './write.ts';

/** Takes members out of a team. Those who are not in it are no matter. */
export function expel(
  directory: Directory,
  teamId: string,
  memberIds: readonly string[],
): Promise<void> {
  return directory.change(async () => {
    if (!directory.asProvider) directory.require('DIRECTORY_WRITE');
    const held = await hold(directory, teamId, 'switch');
    const left = await expelFrom(directory, held, memberIds);
    if (left.length > 0 && held.owner) await touch(directory, held.team);
  });
}

/** The same for a team that is held already; `null` empties it. Says who left. */
export async function expelFrom(
  directory: Directory,
  { team, owner }: HeldTeam,
  memberIds: readonly string[] | null,
): Promise<string[]> {
  directory.attempting('membership.removed', subjectOf(team));
  assertMayChangeMembership(team, owner, directory.asProvider);
  const those =
    memberIds === null ? sql`true` : sql`s.member_id = any(${memberIds.filter(isId)}::uuid[])`;
  return removeWhere(
    directory,
    sql<boolean>`s.team_id = ${team.id}::uuid and ${those}`,
    owner?.id ?? null,
    'memberIds',
  );
}

interface Removed {
  id: string;
  displayName: string;
  userName: string;
  teamId: string;
  team: string;
  originProviderId: string | null;
}

/**
 * Deletes memberships by one statement, records each, and settles whoever was in a mapped team. The members are held before, as
 * those who let members in do: otherwise two who work on the same ones would wait for each other.
 */
export async function removeWhere(
  directory: Directory,
  condition: ReturnType<typeof sql<boolean>>,
  providerId: string | null,
  field: string,
): Promise<string[]> {
  const rules = await holdRulebook(directory);
  const rows = await directory.removeMany<Removed>('memberships', {
    named: sql`leaving as materialized (
      select m.id, m.display_name as "displayName", m.user_name as "userName", t.id as "teamId", t.name as team, m.origin_provider_id as "originProviderId"
      from memberships s join members m on m.tenant_id = ${directory.tenantId} and m.id = s.member_id join teams t on t.tenant_id = ${directory.tenantId} and t.id = s.team_id
      where s.tenant_id = ${directory.tenantId} and ${condition} order by m.id for no key update of m)`,
    from: sql`leaving`,
    where: sql`target.team_id = leaving."teamId" and target.member_id = leaving.id`,
    returning: sql`leaving.*`,
  });
  if (rows.length === 0) return [];
  const teamIds = [...new Set(rows.map(row => row.teamId))];
  await assertMayMove(directory, rules, { teamIds, members: rows }, field);
  await directory.recordAll(
    rows.map(row => ({
      action: 'membership.removed',
      subject: memberSubject(row),
      related: { id: row.teamId, name: row.team },
      providerId,
      changes: [{ name: 'team', before: row.team }],
    })),
  );
  for (const [teamId, left] of Map.groupBy(rows, row => row.teamId))
    await settleIfMapped(
      directory,
      rules,
      teamId,
      left.map(row => row.id),
    );
  return rows.map(row => row.id);
}
