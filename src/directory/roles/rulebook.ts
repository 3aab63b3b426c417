import type { Directory } from '../directory.ts';
import type { Rulebook } from './standing.ts';

/** What the tenant says about roles, held still for the rest of the change: whoever changes it waits, or is waited for. */
export async function holdRulebook(directory: Directory, hold: 'share' | 'update' = 'share'): Promise<Rulebook> {
  const tenant = directory.db.selectFrom('tenants').select('default_role_id').where('id', '=', directory.tenantId);
  return read(directory, hold === 'share' ? tenant.forShare() : tenant.forNoKeyUpdate());
}

/** The same, only to be read. */
export function rulebookOf(directory: Directory): Promise<Rulebook> {
  return read(directory, directory.db.selectFrom('tenants').select('default_role_id').where('id', '=', directory.tenantId));
}

/** Sent together and answered in order: the mappings are read after the tenant is held, in one round trip. */
async function read(directory: Directory, tenant: { executeTakeFirstOrThrow(): Promise<{ default_role_id: string | null }> }): Promise<Rulebook> {
  const [{ default_role_id }, mappings] = await Promise.all([tenant.executeTakeFirstOrThrow(), mappingsOf(directory)]);
  return { defaultRoleId: default_role_id as string, mappings };
}

function mappingsOf(directory: Directory) {
  return directory.rows('role_mappings').select(['position', 'role_id as roleId', 'team_id as teamId', 'pushed_role as pushedRole']).orderBy('position').execute();
}
