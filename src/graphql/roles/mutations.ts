import { Mutation, Resolver } from 'type-graphql';
import type { RoleRow } from '../../directory/index.ts';
import { changesIn } from '../schema/inputs.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import { TenantPayload } from '../tenants/payloads.ts';
import * as inputs from './inputs.ts';
import { RoleMappingsPayload, RolePayload } from './payloads.ts';

const toPayload = (role: RoleRow) => ({ role });

@Resolver()
export class RoleMutations {
  @Mutation(() => RolePayload, {
    description: 'Makes a role. A tenant has at most 250. Needs ROLE_ADMIN.',
  })
  roleCreate(
    @Input(() => inputs.RoleCreateInput) input: inputs.RoleCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.roles.create(input), toPayload);
  }

  @Mutation(() => RolePayload, {
    description: 'Changes name, permissions or rank of a role. Needs ROLE_ADMIN.',
  })
  roleUpdate(
    @Input(() => inputs.RoleUpdateInput) input: inputs.RoleUpdateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.roles.update(input.id, changesIn(input)),
      toPayload,
    );
  }

  @Mutation(() => RolePayload, {
    description:
      'Deletes a role and its mappings. Members who hold it by hand or by lock get the ' +
      'replacement, the others are decided anew. Needs ROLE_ADMIN.',
  })
  roleDelete(
    @Input(() => inputs.RoleDeleteInput) input: inputs.RoleDeleteInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.roles.remove(input.id, input.replacementId),
      toPayload,
    );
  }

  @Mutation(() => RoleMappingsPayload, {
    description:
      'Sets all mappings in order; roles of the members they concern are decided anew ' +
      'at once. Needs ROLE_ADMIN.',
  })
  roleMappingsSet(
    @Input(() => inputs.RoleMappingsSetInput) input: inputs.RoleMappingsSetInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.roles.setMappings(input.mappings),
      mappings => ({ mappings }),
    );
  }

  @Mutation(() => TenantPayload, {
    description:
      'Chooses the role of members whom nothing else gives one; they are decided anew ' +
      'at once. Needs ROLE_ADMIN.',
  })
  tenantSetDefaultRole(
    @Input(() => inputs.TenantSetDefaultRoleInput)
    input: inputs.TenantSetDefaultRoleInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.tenants.setDefaultRole(input.roleId),
      tenant => ({ tenant }),
    );
  }
}
