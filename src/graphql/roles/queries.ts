import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { RoleMappingRow, RoleRow, TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { readOfTenant } from '../schema/lists.ts';
import { Tenant } from '../tenants/tenant.ts';
import { RoleMapping } from './role-mapping.ts';
import { Role } from './role.ts';

/** The roles of a tenant, and what gives them to its members. */
@Resolver(() => Tenant)
export class RoleQueries {
  @FieldResolver(() => [Role], { description: 'Roles, strongest first; a tenant has at most 250.' })
  roles(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RoleRow[]> {
    return readOfTenant(context, info, id, ({ roles }) => roles.all());
  }

  @FieldResolver(() => [RoleMapping], {
    description: 'Role mappings in order of precedence; a tenant has at most 1000.',
  })
  roleMappings(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RoleMappingRow[]> {
    return readOfTenant(context, info, id, ({ roles }) => roles.mappings());
  }

  @FieldResolver(() => Role, {
    description: 'Role of members whom nothing else gives one.',
  })
  async defaultRole(
    @Root() { id, defaultRoleId }: TenantRow,
    @Ctx() context: Context,
  ): Promise<RoleRow | null> {
    const directory = await context.enter(id);
    return defaultRoleId === null
      ? null
      : context.loaders(directory).load('roleSpokenOf', defaultRoleId);
  }
}
