import { RoleMutations } from './mutations.ts';
import { RoleQueries } from './queries.ts';
import { RoleMappingFields } from './role-mapping.ts';
import { RoleFields } from './role.ts';

/** Everything that can be asked of roles and mappings and done with them. */
export const roles = [RoleFields, RoleMappingFields, RoleQueries, RoleMutations];
