import { sql } from 'kysely';
import { assertMayMove } from '../authority.ts';
import type { Session } from '../session.ts';
import { subjectOf as memberSubject } from '../members/hold.ts';
import { assertMayEdit } from '../provenance.ts';
import { roleById } from '../roles/plainly.ts';
import { holdRulebook } from '../roles/rulebook.ts';
import { settle } from '../roles/settle.ts';
import type { MappingFacts } from '../roles/standing.ts';
import { hold, subjectOf } from './hold.ts';
import { planAnewForMany } from './plans.ts';
import type { TeamRow } from './team-rows.ts';

/** Deletes a team, for thirty days restorable with its memberships and its mapping; whoever had a role from it is settled anew. */
export function remove(directory: Session, id: string): Promise<TeamRow> {
  return directory.change(async () => {
    if (!directory.asProvider) directory.require('DIRECTORY_WRITE');
    const { team, owner } = await hold(directory, id);
    directory.attempting('team.deleted', subjectOf(team));
    assertMayEdit(team, owner, ['existence'], directory.asProvider);
    const rules = await holdRulebook(directory);
    const mapping = rules.mappings.find(({ teamId }) => teamId === id);
    await keep(directory, team, mapping);
    const left = await leave(directory, team);
    await assertMayMove(directory, rules, { teamIds: [id], members: left }, 'id');
    await dropMapping(directory, team);
    await directory.remove('teams', id);
    const providerId = owner?.id ?? null;
    directory.record({
      action: 'team.deleted',
      subject: subjectOf(team),
      providerId,
      changes: [
        { name: 'name', before: team.name },
        { name: 'memberCount', before: left.length },
      ],
    });
    await directory.recordAll(
      left.map(member => ({
        action: 'membership.removed',
        subject: memberSubject(member),
        related: { id, name: team.name },
        providerId,
        changes: [{ name: 'team', before: team.name }],
      })),
    );
    if (mapping)
      await settle(
        directory,
        left.map(member => member.id),
      );
    return team;
  });
}

async function dropMapping(directory: Session, team: TeamRow): Promise<void> {
  const [mapping] = await directory.removeMany<{ id: string; roleId: string }>('role_mappings', {
    where: sql`target.team_id = ${team.id}::uuid`,
    returning: sql`target.id, target.role_id as "roleId"`,
  });
  if (mapping)
    directory.record({
      action: 'roleMapping.removed',
      subject: { type: 'RoleMapping', id: mapping.id, name: team.name },
      related: { id: team.id, name: team.name },
      changes: [{ name: 'role', before: (await roleById(directory, mapping.roleId))?.name }],
    });
}

async function keep(
  directory: Session,
  team: TeamRow,
  mapping: Pick<MappingFacts, 'roleId' | 'position'> | undefined,
): Promise<void> {
  await directory.db
    .insertInto('deleted_teams')
    .values({
      tenant_id: directory.tenantId,
      id: team.id,
      name: team.name,
      origin: team.origin,
      origin_provider_id: team.originProviderId,
      provider_id: team.providerId,
      external_id: team.externalId,
      link_id: team.linkId,
      version: team.version,
      mapped_role_id: mapping?.roleId ?? null,
      mapping_position: mapping?.position ?? null,
      deleted_by_provider: directory.asProvider !== null,
      created_at: team.createdAt,
    })
    .execute();
}

interface Left {
  id: string;
  displayName: string;
  userName: string;
}

/** Everybody leaves, and is remembered. Each table is asked by its key, however many they are (see removeFrom). */
async function leave(directory: Session, { id }: TeamRow): Promise<Left[]> {
  await planAnewForMany(directory, null);
  const { db, tenantId } = directory;
  const inside = sql`memberships where tenant_id = ${tenantId}::uuid and team_id = ${id}::uuid`;
  const { rows: members } = await sql<Left>`
    select id, display_name as "displayName", user_name as "userName" from members
    where tenant_id = ${tenantId}::uuid and id = any(array(select member_id from ${inside})) order by id for no key update
  `.execute(db);
  const gone = await directory.removeMany<{ id: string }>('memberships', {
    named: sql`kept as (
      insert into deleted_memberships (tenant_id, team_id, member_id, origin, since)
      select tenant_id, team_id, member_id, origin, since from ${inside})`,
    where: sql`target.team_id = ${id}::uuid`,
    returning: sql`target.member_id as id`,
  });
  const left = new Set(gone.map(member => member.id));
  return members.filter(member => left.has(member.id));
}
