import { RoleMutations } from './mutations.ts';
import { RoleQueries } from './queries.ts';
import { RoleMappingFields } from './role-mapping.ts';
import { RoleFields } from './role.ts';

/** The resolvers of roles and mappings. */
export const roles = [RoleFields, RoleMappingFields, RoleQueries, RoleMutations];
