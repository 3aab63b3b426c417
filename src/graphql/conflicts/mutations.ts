import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { ConflictResolveInput } from './inputs.ts';
import { mutate } from '../schema/mutate.ts';
import { ConflictPayload } from '../schema/payloads.ts';

@Resolver()
export class ConflictMutations {
  @Mutation(() => ConflictPayload, { description: 'Settle conflicts, one or many.' })
  conflictResolve(
    @Arg('input', () => ConflictResolveInput, { description: 'What to do.' })
    input: ConflictResolveInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.conflicts.resolve(input.ids, input.choice, input.candidateId),
      cases => ({ cases }),
    );
  }
}
