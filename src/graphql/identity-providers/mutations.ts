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
    description:
      'Adds an identity provider. Needs PROVISIONING_ADMIN. The answer holds URL and ' +
      'secret, the secret this one time. A tenant has at most 250.',
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
    description:
      'Changes a provider, or switches its provisioning. Needs PROVISIONING_ADMIN. ' +
      'Switching on from OFF makes a new secret, which only this answer holds.',
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
    description:
      'Makes a new secret; the old ones keep working for the overlap. At most 10 ' +
      'secrets of a provider are alive at a time. Needs PROVISIONING_ADMIN.',
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
    description:
      'Cuts the integration at once: all secrets are dead, all links are dropped, and ' +
      'a new secret is made. Needs PROVISIONING_ADMIN.',
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
    description:
      'Deletes a provider whose provisioning is OFF. Its members and teams stay, ' +
      'unlinked. Needs PROVISIONING_ADMIN.',
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

/**
 * URL and secret to paste into the provider; the URL is null while provisioning is OFF, the secret
 * when none was made.
 */
const toPayloadWith =
  ({ publicUrl }: Context) =>
  ({ provider, secretToken }: { provider: ProviderRow; secretToken: string | null }) => ({
    identityProvider: provider,
    tenantUrl: scimUrlOf(publicUrl, provider),
    secretToken,
  });
