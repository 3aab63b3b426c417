import { sql } from 'kysely';
import { PERMISSIONS, type Permission } from '../actor.ts';
import type { Directory } from '../directory.ts';
import { newId } from '../ids.ts';
import type { BuiltInRole } from '../roles/role.ts';

/** What every tenant starts with, strongest first. */
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

/** Founds a tenant inside a running change: itself and its four roles. Its members come from elsewhere. */
export async function found(
  directory: Directory,
  { id, name, parentId = null }: { id: string; name: string; parentId?: string | null },
): Promise<void> {
  const roles = ROLES.map((role, index) => ({
    tenant_id: id,
    id: newId(),
    name: role.name,
    permissions: [...role.permissions],
    rank: index + 1,
    built_in: role.builtIn,
  }));
  await directory.db
    .insertInto('tenants')
    .values({ id, parent_id: parentId, name, default_role_id: roles.at(-1)?.id })
    .execute();
  // The rows of a child can only be written as the child: the connection speaks for it this once.
  await sql`select set_config('app.tenant', ${directory.ground.proofOf(id)}, true)`.execute(
    directory.db,
  );
  await directory.db
    .insertInto('roles')
    .values(roles as never)
    .execute();
  await sql`select set_config('app.tenant', ${directory.ground.proofOf(directory.tenantId)}, true)`.execute(
    directory.db,
  );
}
