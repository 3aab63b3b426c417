import { Mutation, Resolver } from 'type-graphql';
import type { MemberRow } from '../../directory/index.ts';
import { changesIn } from '../schema/inputs.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { MemberPayload } from './payloads.ts';

const toPayload = (member: MemberRow) => ({ member });

@Resolver()
export class MemberRoleMutations {
  @Mutation(() => MemberPayload, {
    description:
      'Gives a role by hand. Refused as ROLE_RULED where a mapping or provider decides ' +
      'it; `lock` holds it there. Needs ROLE_ADMIN.',
  })
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

  @Mutation(() => MemberPayload, {
    description:
      'Locks the role of a member: no mapping, provider or default changes it. Needs ' +
      'ROLE_ADMIN.',
  })
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
    description: 'Releases the lock; the role is decided anew at once. Needs ROLE_ADMIN.',
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
