import { Mutation, Resolver } from 'type-graphql';
import { type ProviderRow, scimUrlOf } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { changesIn } from '../schema/inputs.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { IdentityProviderPayload, IdentityProviderSecretPayload } from './payloads.ts';

@Resolver()
export class IdentityProviderMutations {
  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Add an identity provider; the answer holds the secret once.',
  })
  identityProviderCreate(
    @Input(() => inputs.IdentityProviderCreateInput)
    input: inputs.IdentityProviderCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.identityProviders.create(input),
      toPayloadWith(call.context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Switch, rename, set features, brake, routes.',
  })
  identityProviderUpdate(
    @Input(() => inputs.IdentityProviderUpdateInput)
    input: inputs.IdentityProviderUpdateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.identityProviders.update(input.id, changesIn(input)),
      toPayloadWith(call.context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'New secret; the old one keeps working for the overlap.',
  })
  identityProviderRotateCredential(
    @Input(() => inputs.IdentityProviderRotateInput)
    input: inputs.IdentityProviderRotateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.identityProviders.rotate(input.id, input),
      toPayloadWith(call.context),
    );
  }

  @Mutation(() => IdentityProviderSecretPayload, {
    description: 'Cut the integration at once: new secret, links dropped.',
  })
  identityProviderReplaceCredential(
    @Input(() => inputs.IdentityProviderActInput)
    input: inputs.IdentityProviderActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.identityProviders.replace(input.id),
      toPayloadWith(call.context),
    );
  }

  @Mutation(() => IdentityProviderPayload, {
    description: 'Delete a provider that is off; its members and teams stay, unlinked.',
  })
  identityProviderDelete(
    @Input(() => inputs.IdentityProviderDeleteInput)
    input: inputs.IdentityProviderDeleteInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
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
