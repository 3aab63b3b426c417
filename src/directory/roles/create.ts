import { sql } from 'kysely';
import { type Permission, PERMISSIONS } from '../actor.ts';
import { assertMayGive } from '../authority.ts';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { newId } from '../tables/ids.ts';
import { invalid } from '../refusal.ts';
import { assertName } from '../tables/text.ts';
import { roleColumns, type RoleRow } from './role-rows.ts';
import { assertRoom } from '../tables/row-limits.ts';
import { subjectOf } from './lookup.ts';

const WEAKEST = 1_000_000;

/** Makes a role. Without a rank it is the weakest. */
export function create(
  session: Session,
  {
    name,
    permissions,
    rank,
  }: { name: string; permissions: readonly Permission[]; rank?: number | null | undefined },
): Promise<RoleRow> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    const wanted = { name: assertName(name, 'name'), permissions: ordered(permissions) };
    session.attempting('role.created', { type: 'Role', id: null, name: wanted.name });
    assertMayGive(session, { kind: 'role', ...wanted }, 'permissions');
    await assertNameFree(session, 'roles', wanted.name);
    await assertRoom(session, 'roles');
    const role = (await session.insert(
      'roles',
      {
        id: newId(),
        ...wanted,
        rank:
          rank == null
            ? sql`(select coalesce(max(rank), 0) + 1 from roles where tenant_id = ${session.tenantId})`
            : assertRank(rank),
      },
      roleColumns,
    )) as RoleRow;
    session.record({
      action: 'role.created',
      subject: subjectOf(role),
      changes: [
        { name: 'name', after: role.name },
        { name: 'permissions', after: role.permissions },
        { name: 'rank', after: role.rank },
      ],
    });
    return role;
  });
}

export const ordered = (permissions: readonly Permission[]): Permission[] =>
  PERMISSIONS.filter(permission => permissions.includes(permission));

export function assertRank(rank: number): number {
  if (!Number.isInteger(rank) || rank < 1 || rank > WEAKEST)
    throw invalid('`rank` is a whole number from 1 (strongest) up.', 'rank');
  return rank;
}
