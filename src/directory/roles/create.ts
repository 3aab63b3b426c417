import { type Permission, PERMISSIONS } from '../actor.ts';
import { assertMayGive } from '../authority.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { assertNameFree } from '../tables/names.ts';
import { assertRoom } from '../tables/row-limits.ts';
import { assertName } from '../tables/text.ts';
import { subjectOf } from './lookup.ts';
import type { RoleRow } from './role-rows.ts';
import { RoleSchema } from './role.ts';

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
    const role = session.em.create(
      RoleSchema,
      {
        tenantId: session.tenantId,
        ...wanted,
        rank: rank == null ? await weakestRank(session) : assertRank(rank),
      },
      { partial: true },
    ) as RoleRow;
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

async function weakestRank(session: Session): Promise<number> {
  const { weakest } = await session
    .rows('roles')
    .select(({ fn }) => fn.max('rank').as('weakest'))
    .executeTakeFirstOrThrow();
  return (weakest ?? 0) + 1;
}

export const ordered = (permissions: readonly Permission[]): Permission[] =>
  PERMISSIONS.filter(permission => permissions.includes(permission));

/** Ranks are whole numbers from 1, the strongest, to a million. Refuses: invalid. */
export function assertRank(rank: number): number {
  if (!Number.isInteger(rank) || rank < 1 || rank > WEAKEST)
    throw invalid('`rank` is a whole number from 1 (strongest) up.', 'rank');
  return rank;
}
