import { PERMISSIONS, type Permission } from '../actor.ts';
import type { BuiltInRole } from '../roles/role.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';

/** The built-in roles of every tenant, strongest first. */
const ROLES: readonly { builtIn: BuiltInRole; name: string; permissions: readonly Permission[] }[] =
  [
    { builtIn: 'owner', name: 'Owner', permissions: PERMISSIONS },
    {
      builtIn: 'admin',
      name: 'Admin',
      permissions: [
        'DIRECTORY_READ',
        'DIRECTORY_WRITE',
        'ROLE_ADMIN',
        'PROVISIONING_ADMIN',
        'AUDIT_READ',
      ],
    },
    { builtIn: 'auditor', name: 'Auditor', permissions: ['DIRECTORY_READ', 'AUDIT_READ'] },
    { builtIn: 'member', name: 'Member', permissions: ['DIRECTORY_READ'] },
  ];

/**
 * Creates a tenant inside a running change: itself and its four roles. Its members come from
 * elsewhere.
 */
export async function createTenant(
  session: Session,
  { id, name, parentId = null }: { id: string; name: string; parentId?: string | null },
): Promise<void> {
  const roles = ROLES.map((role, index) => ({ ...role, id: newId(), rank: index + 1 }));
  const tenant = { id, parent_id: parentId, name, default_role_id: roles.at(-1)?.id ?? null };
  await session.insert('tenants', tenant, ['id']);
  // The rows of a child can only be written as the child, and its own log says so.
  await session.inside(id, async there => {
    for (const { builtIn, ...role } of roles) {
      const row = { ...role, permissions: [...role.permissions], built_in: builtIn };
      await there.insert('roles', row, ['id']);
      there.record({
        action: 'role.created',
        subject: { type: 'Role', id: role.id, name: role.name },
        changes: [
          { name: 'name', after: role.name },
          { name: 'permissions', after: role.permissions },
          { name: 'rank', after: role.rank },
        ],
      });
    }
  });
}
