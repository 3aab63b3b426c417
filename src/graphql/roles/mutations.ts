import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { RoleRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { changesIn } from '../schema/inputs.ts';
import { mutate } from '../schema/mutate.ts';
import { RoleMappingsPayload, RolePayload, TenantPayload } from '../schema/payloads.ts';
import * as inputs from './inputs.ts';

const INPUT = { description: 'What to do.' };
const toPayload = (role: RoleRow) => ({ role });

@Resolver()
export class RoleMutations {
  @Mutation(() => RolePayload, { description: 'Make a role.' })
  roleCreate(
    @Arg('input', () => inputs.RoleCreateInput, INPUT) input: inputs.RoleCreateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate({ context, info, input }, directory => directory.roles.create(input), toPayload);
  }

  @Mutation(() => RolePayload, { description: 'Change a role.' })
  roleUpdate(
    @Arg('input', () => inputs.RoleUpdateInput, INPUT) input: inputs.RoleUpdateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.roles.update(input.id, changesIn(input)),
      toPayload,
    );
  }

  @Mutation(() => RolePayload, {
    description:
      'Delete a role; its holders are settled anew, so a replacement is needed for those who hold it by hand or by lock.',
  })
  roleDelete(
    @Arg('input', () => inputs.RoleDeleteInput, INPUT) input: inputs.RoleDeleteInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.roles.remove(input.id, input.replacementId),
      toPayload,
    );
  }

  @Mutation(() => RoleMappingsPayload, { description: 'Set all team-to-role mappings in order.' })
  roleMappingsSet(
    @Arg('input', () => inputs.RoleMappingsSetInput, INPUT) input: inputs.RoleMappingsSetInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.roles.setMappings(input.mappings),
      mappings => ({ mappings }),
    );
  }

  @Mutation(() => TenantPayload, { description: 'Choose the default role.' })
  tenantSetDefaultRole(
    @Arg('input', () => inputs.TenantSetDefaultRoleInput, INPUT)
    input: inputs.TenantSetDefaultRoleInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.tenants.setDefaultRole(input.roleId),
      tenant => ({ tenant }),
    );
  }
}
