import { Mutation, Resolver } from 'type-graphql';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import { ConflictResolveInput } from './inputs.ts';
import { ConflictPayload } from './payloads.ts';

@Resolver()
export class ConflictMutations {
  @Mutation(() => ConflictPayload, {
    description:
      "Resolves conflicts with one decision. Needs PROVISIONING_ADMIN. The provider's " +
      'next attempt finds the result.',
  })
  conflictResolve(
    @Input(() => ConflictResolveInput)
    input: ConflictResolveInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.conflicts.resolve(input.ids, input.choice, input.candidateId),
      cases => ({ cases }),
    );
  }
}
