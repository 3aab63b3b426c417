import { Mutation, Resolver } from 'type-graphql';
import type { MemberRow } from '../../directory/index.ts';
import { changesIn } from '../schema/inputs.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { MemberPayload } from './payloads.ts';

const toPayload = (member: MemberRow) => ({ member });

@Resolver()
export class MemberRoleMutations {
  @Mutation(() => MemberPayload, { description: 'Set the role by hand.' })
  memberSetRole(
    @Input(() => inputs.MemberSetRoleInput) input: inputs.MemberSetRoleInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.setRole(input.id, input.roleId, { lock: input.lock === true }),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Lock the role.' })
  memberLockRole(
    @Input(() => inputs.MemberLockRoleInput) input: inputs.MemberLockRoleInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.lockRole(input.id, changesIn(input)),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description: 'Release the lock; the role is worked out anew at once.',
  })
  memberUnlockRole(
    @Input(() => inputs.MemberActInput) input: inputs.MemberActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.unlockRole(input.id, input.reason),
      toPayload,
    );
  }
}
