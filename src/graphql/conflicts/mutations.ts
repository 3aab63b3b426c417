import { Mutation, Resolver } from 'type-graphql';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import { ConflictResolveInput } from './inputs.ts';
import { ConflictPayload } from './payloads.ts';

@Resolver()
export class ConflictMutations {
  @Mutation(() => ConflictPayload, { description: 'Settle conflicts, one or many.' })
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
