import { Mutation, Resolver } from 'type-graphql';
import { type Directory, Refusal } from '../../directory/index.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import { TenantPayload, TokenPayload, TokenSecretPayload } from '../schema/payloads.ts';
import * as inputs from './inputs.ts';

@Resolver()
export class TenantMutations {
  @Mutation(() => TenantPayload, { description: 'Make a child tenant.' })
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
    // Fields of the new tenant are read in its own directory, which is entered through its parent's.
    if (result.tenant)
      await call.context.enter(result.tenant.id, await call.context.enter(input.parentId));
    return result;
  }

  @Mutation(() => TenantPayload, { description: 'Rename a tenant.' })
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

  @Mutation(() => TokenSecretPayload, {
    description: 'Make an API token; the answer holds the secret once.',
  })
  tokenCreate(
    @Input(() => inputs.TokenCreateInput) input: inputs.TokenCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.credentials.createToken(wanted(input)),
      made => ({ ...made }),
    );
  }

  @Mutation(() => TokenPayload, {
    description:
      'Revoke an API token, and those that were made with it, effective at once. One made to outlive its owner stays.',
  })
  tokenRevoke(
    @Input(() => inputs.TokenActInput) input: inputs.TokenActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.credentials.revokeToken(input.id),
      token => ({ token }),
    );
  }
}

/** A session is opened by signing in, never made. */
function wanted({
  name,
  kind,
  permissions,
  expiresAt = null,
  outlivesOwner,
}: inputs.TokenCreateInput): Parameters<Directory['credentials']['createToken']>[0] {
  if (kind === 'SESSION')
    throw new Refusal('invalid', 'A token is personal, for SCIM or for a service.', {
      field: ['kind'],
    });
  return { name, kind, permissions, expiresAt, outlivesOwner: outlivesOwner === true };
}
