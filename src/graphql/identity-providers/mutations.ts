import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { ProviderRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { scimUrlOf } from './addresses.ts';
import { changesIn } from '../schema/inputs.ts';
import * as inputs from './inputs.ts';
import { mutate } from '../schema/mutate.ts';
import { IdentityProviderPayload, IdentityProviderSecretPayload } from '../schema/payloads.ts';

const INPUT = { description: 'What to do.' };

@Resolver()
export class IdentityProviderMutations {
  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Add an identity provider; the answer holds the secret once.',
  })
  identityProviderCreate(
    @Arg('input', () => inputs.IdentityProviderCreateInput, INPUT)
    input: inputs.IdentityProviderCreateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.identityProviders.create(input),
      toPayloadWith(context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Switch, rename, set features, brake, routes.',
  })
  identityProviderUpdate(
    @Arg('input', () => inputs.IdentityProviderUpdateInput, INPUT)
    input: inputs.IdentityProviderUpdateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.identityProviders.update(input.id, changesIn(input)),
      toPayloadWith(context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'New secret; the old one keeps working for the overlap.',
  })
  identityProviderRotateCredential(
    @Arg('input', () => inputs.IdentityProviderRotateInput, INPUT)
    input: inputs.IdentityProviderRotateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.identityProviders.rotate(input.id, input),
      toPayloadWith(context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Cut the integration at once: new secret, links dropped.',
  })
  identityProviderReplaceCredential(
    @Arg('input', () => inputs.IdentityProviderActInput, INPUT)
    input: inputs.IdentityProviderActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.identityProviders.replace(input.id),
      toPayloadWith(context),
    );
  }

  @Mutation(() => IdentityProviderPayload, {
    description: 'Delete a provider that is off; its members and teams stay, unlinked.',
  })
  identityProviderDelete(
    @Arg('input', () => inputs.IdentityProviderDeleteInput, INPUT)
    input: inputs.IdentityProviderDeleteInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.identityProviders.remove(input.id, input.name),
      identityProvider => ({ identityProvider }),
    );
  }
}

/** What to paste at the other side: the URL for as long as provisioning is not off, the secret when one was made. */
const toPayloadWith =
  ({ publicUrl }: Context) =>
  ({ provider, secretToken }: { provider: ProviderRow; secretToken: string | null }) => ({
    identityProvider: provider,
    tenantUrl: scimUrlOf(publicUrl, provider),
    secretToken,
  });
