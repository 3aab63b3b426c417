import { sql } from 'kysely';
import { assertMayMove } from '../authority.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import { assertMayEdit } from '../provenance.ts';
import type { MappingFacts } from '../roles/decide-role.ts';
import { roleById } from '../roles/lookup.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { lockTeam, subjectOf } from './lock.ts';
import { planAnewForMany } from './plans.ts';
import type { TeamRow } from './team-rows.ts';

/**
 * Deletes a team, for thirty days restorable with its memberships and its mapping; whoever had a
 * role from it is reassigned.
 */
export function remove(session: Session, id: string): Promise<TeamRow> {
  return session.change(async () => {
    if (!session.asProvider) session.require('DIRECTORY_WRITE');
    const { team, owner } = await lockTeam(session, id);
    session.attempting('team.deleted', subjectOf(team));
    assertMayEdit(team, owner, ['existence'], session.asProvider);
    const rules = await lockRulebook(session);
    const mapping = rules.mappings.find(({ teamId }) => teamId === id);
    await keep(session, team, mapping);
    const left = await leave(session, team);
    await assertMayMove(session, rules, { teamIds: [id], members: left }, 'id');
    await dropMapping(session, team);
    await session.remove('teams', id);
    const providerId = owner?.id ?? null;
    session.record({
      action: 'team.deleted',
      subject: subjectOf(team),
      providerId,
      changes: [
        { name: 'name', before: team.name },
        { name: 'memberCount', before: left.length },
      ],
    });
    await session.recordAll(
      left.map(member => ({
        action: 'membership.removed',
        subject: memberSubject(member),
        related: { id, name: team.name },
        providerId,
        changes: [{ name: 'team', before: team.name }],
      })),
    );
    if (mapping)
      await reassignRoles(
        session,
        left.map(member => member.id),
      );
    return team;
  });
}

async function dropMapping(session: Session, team: TeamRow): Promise<void> {
  const [mapping] = await session.removeMany<{ id: string; roleId: string }>('role_mappings', {
    where: sql`target.team_id = ${team.id}::uuid`,
    returning: sql`target.id, target.role_id as "roleId"`,
  });
  if (mapping)
    session.record({
      action: 'roleMapping.removed',
      subject: { type: 'RoleMapping', id: mapping.id, name: team.name },
      related: { id: team.id, name: team.name },
      changes: [{ name: 'role', before: (await roleById(session, mapping.roleId))?.name }],
    });
}

async function keep(
  session: Session,
  team: TeamRow,
  mapping: Pick<MappingFacts, 'roleId' | 'position'> | undefined,
): Promise<void> {
  await session.db
    .insertInto('deleted_teams')
    .values({
      tenant_id: session.tenantId,
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
      deleted_by_provider: session.asProvider !== null,
      created_at: team.createdAt,
    })
    .execute();
}

interface Left {
  id: string;
  displayName: string;
  userName: string;
}

/**
 * Everybody leaves, and is remembered. Each table is asked by its key, however many they are (see
 * removeFrom).
 */
async function leave(session: Session, { id }: TeamRow): Promise<Left[]> {
  await planAnewForMany(session, null);
  const { db, tenantId } = session;
  const inside = sql`memberships where tenant_id = ${tenantId}::uuid and team_id = ${id}::uuid`;
  const { rows: members } = await sql<Left>`
    select id, display_name as "displayName", user_name as "userName" from members
    where tenant_id = ${tenantId}::uuid and id = any(array(select member_id from ${inside}))
    order by id for no key update
  `.execute(db);
  const gone = await session.removeMany<{ id: string }>('memberships', {
    named: sql`kept as (
      insert into deleted_memberships (tenant_id, team_id, member_id, origin, since)
      select tenant_id, team_id, member_id, origin, since from ${inside})`,
    where: sql`target.team_id = ${id}::uuid`,
    returning: sql`target.member_id as id`,
  });
  const left = new Set(gone.map(member => member.id));
  return members.filter(member => left.has(member.id));
}
