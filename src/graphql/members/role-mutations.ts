import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { MemberRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { changesIn } from '../schema/inputs.ts';
import * as inputs from './inputs.ts';
import { mutate } from '../schema/mutate.ts';
import { MemberPayload } from '../schema/payloads.ts';

const INPUT = { description: 'What to do.' };
const toPayload = (member: MemberRow) => ({ member });

@Resolver()
export class MemberRoleMutations {
  @Mutation(() => MemberPayload, { description: 'Set the role by hand.' })
  memberSetRole(
    @Arg('input', () => inputs.MemberSetRoleInput, INPUT) input: inputs.MemberSetRoleInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.setRole(input.id, input.roleId, { lock: input.lock === true }),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Lock the role.' })
  memberLockRole(
    @Arg('input', () => inputs.MemberLockRoleInput, INPUT) input: inputs.MemberLockRoleInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.lockRole(input.id, changesIn(input)),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description: 'Release the lock; the role is worked out anew at once.',
  })
  memberUnlockRole(
    @Arg('input', () => inputs.MemberActInput, INPUT) input: inputs.MemberActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.unlockRole(input.id, input.reason),
      toPayload,
    );
  }
}
