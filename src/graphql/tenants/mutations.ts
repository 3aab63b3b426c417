import { Mutation, Resolver } from 'type-graphql';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { TenantPayload } from './payloads.ts';

@Resolver()
export class TenantMutations {
  @Mutation(() => TenantPayload, {
    description:
      'Makes a child tenant with the four built-in roles and nobody in it. Needs ' +
      'TENANT_ADMIN.',
  })
  async tenantCreate(
    @Input(() => inputs.TenantCreateInput) input: inputs.TenantCreateInput,
    @Call() call: MutationCall,
  ) {
    const result = await mutate(
      call,
      input,
      directory => directory.tenants.createChild(input.name),
      tenant => ({ tenant }),
    );
    // Fields of the new tenant are read in its own directory, which is entered through its
    // parent's.
    if (result.tenant)
      await call.context.enter(result.tenant.id, await call.context.enter(input.parentId));
    return result;
  }

  @Mutation(() => TenantPayload, { description: 'Renames a tenant. Needs TENANT_ADMIN.' })
  tenantUpdate(
    @Input(() => inputs.TenantUpdateInput) input: inputs.TenantUpdateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.tenants.rename(input.name),
      tenant => ({ tenant }),
    );
  }
}
