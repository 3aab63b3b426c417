import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { type Directory, Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { mutate } from '../schema/mutate.ts';
import { TenantPayload, TokenPayload, TokenSecretPayload } from '../schema/payloads.ts';
import * as inputs from './inputs.ts';

const INPUT = { description: 'What to do.' };

@Resolver()
export class TenantMutations {
  @Mutation(() => TenantPayload, { description: 'Make a child tenant.' })
  async tenantCreate(
    @Arg('input', () => inputs.TenantCreateInput, INPUT) input: inputs.TenantCreateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    const said = await mutate(
      { context, info, input },
      directory => directory.tenants.createChild(input.name),
      tenant => ({ tenant }),
    );
    if (said.tenant) await context.enter(said.tenant.id, await context.enter(input.parentId)); // what hangs on it is asked of it
    return said;
  }

  @Mutation(() => TenantPayload, { description: 'Rename a tenant.' })
  tenantUpdate(
    @Arg('input', () => inputs.TenantUpdateInput, INPUT) input: inputs.TenantUpdateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.tenants.rename(input.name),
      tenant => ({ tenant }),
    );
  }

  @Mutation(() => TokenSecretPayload, {
    description: 'Make an API token; the answer holds the secret once.',
  })
  tokenCreate(
    @Arg('input', () => inputs.TokenCreateInput, INPUT) input: inputs.TokenCreateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.credentials.createToken(wanted(input)),
      made => ({ ...made }),
    );
  }

  @Mutation(() => TokenPayload, {
    description:
      'Revoke an API token, and those that were made with it, effective at once. One made to outlive its owner stays.',
  })
  tokenRevoke(
    @Arg('input', () => inputs.TokenActInput, INPUT) input: inputs.TokenActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
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
