import { type RawBuilder, sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { requireReading, visibleRoles } from '../visibility.ts';
import { RoleMappingSchema } from './role-mapping.ts';
import { RoleSchema } from './role.ts';

export const roleColumns = columnsOf(RoleSchema);
export type RoleRow = RowOf<'roles', typeof roleColumns>;

export const roleMappingColumns = columnsOf(RoleMappingSchema);
export type RoleMappingRow = RowOf<'role_mappings', typeof roleMappingColumns>;

const role = columnList(roleColumns);
const mapping = columnList(roleMappingColumns);

/** Every role of the tenant, strongest first. */
export async function allRoles(session: Session): Promise<RoleRow[]> {
  requireReading(session);
  const { rows } = await sql<RoleRow>`
      select ${role} from roles where tenant_id = ${session.tenantId}::uuid
      order by rank, id`.execute(session.db);
  return rows;
}

export async function rolesByIds(session: Session, ids: readonly string[]): Promise<RoleRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<RoleRow>`
      select ${role} from roles where roles.tenant_id = ${session.tenantId}::uuid
      and ${anyOf(sql`roles.id`, ids)} and ${visibleRoles(session)}`.execute(session.db);
  return rows;
}

/**
 * Roles that something in sight speaks of: whoever may know of that knows what it says, whether or
 * not all roles are for them to read.
 */
export async function rolesSpokenOf(session: Session, ids: readonly string[]): Promise<RoleRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<RoleRow>`
      select ${role} from roles where roles.tenant_id = ${session.tenantId}::uuid
      and ${anyOf(sql`roles.id`, ids)}`.execute(session.db);
  return rows;
}

/** How many members hold each of these roles; deleted members hold none. */
export async function holdersOfRoles(
  session: Session,
  ids: readonly string[],
): Promise<Map<string, number>> {
  requireReading(session);
  const { rows } = await sql<{ id: string; count: number }>`
    select role_id as id, count(*) from members where tenant_id = ${session.tenantId}::uuid
    and ${anyOf(sql`role_id`, ids)} and state <> 'DELETED' group by role_id
  `.execute(session.db);
  const counted = new Map(rows.map(row => [row.id, row.count]));
  return new Map(ids.map(id => [id, counted.get(id) ?? 0]));
}

/** Every mapping of the tenant, in the order in which they are asked. */
export function allMappings(session: Session): Promise<RoleMappingRow[]> {
  requireReading(session);
  return everyMapping(session);
}

/** The same for whoever has just set them. */
export const everyMapping = (session: Session): Promise<RoleMappingRow[]> =>
  mappings(session, sql`true`);

export async function mappingsByIds(
  session: Session,
  ids: readonly string[],
): Promise<RoleMappingRow[]> {
  return ids.length === 0 || !session.actor.may('DIRECTORY_READ')
    ? []
    : mappings(session, anyOf(sql`id`, ids));
}

export async function mappingsOfTeams(
  session: Session,
  teamIds: readonly string[],
): Promise<RoleMappingRow[]> {
  return teamIds.length === 0 ? [] : mappings(session, anyOf(sql`team_id`, teamIds));
}

async function mappings(session: Session, which: RawBuilder<unknown>): Promise<RoleMappingRow[]> {
  const { rows } = await sql<RoleMappingRow>`
      select ${mapping} from role_mappings where tenant_id = ${session.tenantId}::uuid and ${which}
      order by position, id`.execute(session.db);
  return rows;
}
