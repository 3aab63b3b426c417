import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import type { Session } from '../session.ts';
import { lockProvider } from '../identity-providers/lock.ts';
import { isId, newId } from '../tables/ids.ts';
import { RESTORABLE_DAYS } from '../members/purge.ts';
import { subjectOf as memberSubject } from '../members/subject.ts';
import { notFound } from '../refusal.ts';
import { roleById } from '../roles/lookup.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import { DeletedTeamSchema } from './deleted-team.ts';
import { subjectOf } from './lock.ts';
import { planAnewForMany } from './plans.ts';
import { teamColumns, type TeamRow, teamsByIds } from './team-rows.ts';
import { assertFree } from './write.ts';

const deletedColumns = columnsOf(DeletedTeamSchema, { except: ['tenantId', 'deletedAt'] });
type DeletedTeam = RowOf<'deleted_teams', typeof deletedColumns>;

/**
 * Brings a deleted team back under its id, with those who were in it and are still here, and with
 * the role that it gave. What a provider deleted comes back unlinked, and so does what a provider
 * that is on would have to answer for.
 */
export function restore(session: Session, id: string): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const deleted = isId(id) ? await lockDeleted(session, id) : undefined;
    if (!deleted) return present(session, id);
    const provider = deleted.providerId && (await lockProvider(session, deleted.providerId));
    session.attempting('team.restored', subjectOf(deleted));
    await assertFree(session, deleted.name);
    await lockRulebook(session, deleted.mappedRoleId === null ? undefined : 'update');
    const linked = provider && provider.provisioning === 'OFF' && !deleted.deletedByProvider;
    const team = await insert(session, deleted, linked === true);
    session.record({
      action: 'team.restored',
      subject: subjectOf(team),
      providerId: team.providerId,
      changes: [
        { name: 'name', after: team.name },
        ...(deleted.providerId !== null && !linked
          ? [{ name: 'providerId', before: deleted.providerId, after: null }]
          : []),
      ],
    });
    const joined = await rejoin(session, team);
    await forget(session, id);
    if (await mapAgain(session, team, deleted, joined)) await reassignRoles(session, joined);
    return team;
  });
}

async function lockDeleted(session: Session, id: string): Promise<DeletedTeam | undefined> {
  return session
    .rows('deleted_teams')
    .select(deletedColumns)
    .where('id', '=', id)
    .where(sql<boolean>`deleted_at >= now() - make_interval(days => ${RESTORABLE_DAYS})`)
    .forUpdate()
    .executeTakeFirst();
}

/** A team that is there needs no restoring; one that never was, or is gone for good, is no team. */
async function present(session: Session, id: string): Promise<TeamRow> {
  const team = isId(id) ? (await teamsByIds(session, [id]))[0] : null;
  if (!team) throw notFound('team');
  return team;
}

async function insert(session: Session, deleted: DeletedTeam, linked: boolean): Promise<TeamRow> {
  const team = await session.insert(
    'teams',
    {
      id: deleted.id,
      name: deleted.name,
      origin: deleted.origin,
      origin_provider_id: deleted.originProviderId,
      ...(linked && {
        provider_id: deleted.providerId,
        external_id: deleted.externalId,
        link_id: deleted.linkId,
      }),
      version: deleted.version + 1,
      created_at: deleted.createdAt,
    },
    teamColumns,
  );
  return team as TeamRow;
}

/**
 * Those who are still here. Who left the directory meanwhile, or comes back later, does so without
 * this team.
 */
async function rejoin(session: Session, team: TeamRow): Promise<string[]> {
  await planAnewForMany(session, null);
  const tenantId = sql`${session.tenantId}::uuid`;
  const rows = await session.insertMany<
    'memberships',
    { id: string; displayName: string; userName: string }
  >(
    'memberships',
    ['tenant_id', 'team_id', 'member_id', 'origin', 'since'],
    sql`with back as materialized (
        select m.id, d.origin, d.since
        from deleted_memberships d join members m on m.tenant_id = ${tenantId}
        and m.id = d.member_id
        where d.tenant_id = ${tenantId} and d.team_id = ${team.id}::uuid and m.state <> 'DELETED'
        order by m.id for no key update of m)
      select ${tenantId}, ${team.id}::uuid, id, origin, since from back`,
    {
      conflict: sql`on conflict do nothing`,
      returning: sql`target.member_id as id,
        (select m.display_name from members m where m.tenant_id = ${tenantId}
        and m.id = target.member_id) as "displayName",
        (select m.user_name from members m where m.tenant_id = ${tenantId}
        and m.id = target.member_id) as "userName"`,
    },
  );
  await session.recordAll(
    rows.map(member => ({
      action: 'membership.added',
      subject: memberSubject(member),
      related: { id: team.id, name: team.name },
      providerId: team.providerId,
      changes: [{ name: 'team', after: team.name }],
    })),
  );
  return rows.map(member => member.id);
}

async function forget(session: Session, id: string): Promise<void> {
  await session.db
    .deleteFrom('deleted_teams')
    .where('tenant_id', '=', session.tenantId)
    .where('id', '=', id)
    .execute();
}

/**
 * The mapping at the place that it had, if its role is still there. It gives that role, so it needs
 * what giving the role needs.
 */
async function mapAgain(
  session: Session,
  team: TeamRow,
  { mappedRoleId, mappingPosition }: DeletedTeam,
  joined: readonly string[],
): Promise<boolean> {
  const role = mappedRoleId && (await roleById(session, mappedRoleId));
  if (!role) return false;
  await assertMayReach(
    session,
    {
      members: joined.map(member => ({ id: member })),
      roleIds: [role.id],
      by: `The team ${team.name}`,
    },
    'id',
  );
  const id = newId();
  const position = mappingPosition ?? 1;
  await makeRoom(session, position);
  const mapping = { id, position, team_id: team.id, role_id: role.id };
  await session.insert('role_mappings', mapping, ['id']);
  session.record({
    action: 'roleMapping.created',
    subject: { type: 'RoleMapping', id, name: team.name },
    related: { id: team.id, name: team.name },
    changes: [
      { name: 'role', before: null, after: role.name },
      { name: 'position', before: null, after: position },
    ],
  });
  return true;
}

/** The mappings from this position on move down by one, where it is taken. */
async function makeRoom(session: Session, position: number): Promise<void> {
  const tenantId = sql`${session.tenantId}::uuid`;
  const moved = await session.updateMany<
    'role_mappings',
    { id: string; name: string; before: number; after: number }
  >(
    'role_mappings',
    { position: sql`target.position + 1` },
    {
      where: sql`target.position >= ${position} and exists (
        select from role_mappings taken where taken.tenant_id = ${tenantId}
        and taken.position = ${position})`,
      returning: sql`target.id, old.position as before, new.position as after,
        coalesce((select t.name from teams t where t.tenant_id = ${tenantId}
        and t.id = target.team_id), 'pushed role ' || target.pushed_role) as name`,
    },
  );
  await session.recordAll(
    moved.map(({ id, name, before, after }) => ({
      action: 'roleMapping.updated',
      subject: { type: 'RoleMapping', id, name },
      changes: [{ name: 'position', before, after }],
    })),
  );
}

/** Ends what can no longer be restored. Returns how many. */
export function purge(session: Session): Promise<number> {
  return session.change(async () => {
    const { rows } = await sql<{ id: string; name: string }>`
      delete from deleted_teams where tenant_id = ${session.tenantId} and id in (
        select id from deleted_teams where tenant_id = ${session.tenantId}
        and deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS})
        order by id limit 100 for update skip locked)
      returning id, name
    `.execute(session.db);
    await session.recordAll(rows.map(row => ({ action: 'team.purged', subject: subjectOf(row) })));
    return rows.length;
  });
}
