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
  @Mutation(() => RolePayload, { description: 'Make a role.' })
  roleCreate(
    @Input(() => inputs.RoleCreateInput) input: inputs.RoleCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.roles.create(input), toPayload);
  }

  @Mutation(() => RolePayload, { description: 'Change a role.' })
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
      'Delete a role; its holders are settled anew, so a replacement is needed for those who hold it by hand or by lock.',
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

  @Mutation(() => RoleMappingsPayload, { description: 'Set all team-to-role mappings in order.' })
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

  @Mutation(() => TenantPayload, { description: 'Choose the default role.' })
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
