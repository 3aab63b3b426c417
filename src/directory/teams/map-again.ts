import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { roleById } from '../roles/lookup.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import type { DeletedTeam } from './lock-deleted.ts';
import type { TeamRow } from './team-rows.ts';

/**
 * The mapping at the place that it had, if its role is still there. It gives that role, so it needs
 * what giving the role needs.
 */
export async function mapAgain(
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
