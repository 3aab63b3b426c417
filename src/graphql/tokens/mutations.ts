import { Mutation, Resolver } from 'type-graphql';
import { type Directory, Refusal } from '../../directory/index.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { TokenPayload, TokenSecretPayload } from './payloads.ts';

@Resolver()
export class TokenMutations {
  @Mutation(() => TokenSecretPayload, {
    description:
      'Makes an API token; the answer holds the secret this one time. At most 100 of a ' +
      'person work at a time.',
  })
  tokenCreate(
    @Input(() => inputs.TokenCreateInput) input: inputs.TokenCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.credentials.createToken(tokenFacts(input)),
      ({ token, secret }) => ({ token, secret }),
    );
  }

  @Mutation(() => TokenPayload, {
    description:
      'Revoke an API token, and those that were made with it, effective at once. One ' +
      'made to outlive its owner stays.',
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

/** The facts of a new token. Refuses SESSION: sessions begin with a sign-in. */
function tokenFacts({
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
