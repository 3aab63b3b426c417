import { Mutation, Resolver } from 'type-graphql';
import { type MemberRow, Refusal } from '../../directory/index.ts';
import { changesIn } from '../schema/inputs.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { MemberInvitePayload, MemberPayload, MembersPayload } from './payloads.ts';

const toPayload = (member: MemberRow) => ({ member });

@Resolver()
export class MemberMutations {
  @Mutation(() => MemberInvitePayload, {
    description:
      'Invites a person: a member by hand with the state INVITED, and a mail whose ' +
      'link works for 7 days. Needs DIRECTORY_WRITE. At most 5 mails an hour go to one ' +
      'address.',
  })
  memberInvite(
    @Input(() => inputs.MemberInviteInput) input: inputs.MemberInviteInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.members.invite(input), toPayload);
  }

  @Mutation(() => MemberPayload, {
    description:
      'Changes names, user name or address of a member. Needs DIRECTORY_WRITE. Refused ' +
      'for members that a provider manages.',
  })
  memberUpdate(
    @Input(() => inputs.MemberUpdateInput) input: inputs.MemberUpdateInput,
    @Call() call: MutationCall,
  ) {
    const { expectedVersion, ...edit } = changesIn(input);
    return mutate(
      call,
      input,
      directory => directory.members.update(input.id, edit, { expectedVersion }),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description:
      'Switches a member off: every credential is refused from the next request on; ' +
      'teams, role and lock are kept. Needs DIRECTORY_WRITE.',
  })
  memberDisable(
    @Input(() => inputs.MemberActInput) input: inputs.MemberActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.disable(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description:
      'Switches a disabled member on again, with everything it had. Needs DIRECTORY_WRITE.',
  })
  memberEnable(
    @Input(() => inputs.MemberActInput) input: inputs.MemberActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.enable(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description:
      'Deletes a member. It leaves its teams and can be restored for 30 days. Needs ' +
      'DIRECTORY_WRITE.',
  })
  memberDelete(
    @Input(() => inputs.MemberActInput) input: inputs.MemberActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.remove(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description:
      'Restores a deleted member with the teams that may still have it. Comes back ' +
      'unlinked when its provider deleted it. Needs DIRECTORY_WRITE.',
  })
  memberRestore(
    @Input(() => inputs.MemberActInput) input: inputs.MemberActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.members.restore(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description:
      'Links a member to an account at a provider, or cuts the link. Needs ' +
      'PROVISIONING_ADMIN.',
  })
  memberSetLink(
    @Input(() => inputs.MemberSetLinkInput) input: inputs.MemberSetLinkInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory =>
        directory.members
          .setLink(input.memberId, input.identityProviderId, input.externalId ?? null)
          .catch(ofTheMember),
      toPayload,
    );
  }

  @Mutation(() => MembersPayload, {
    description:
      'Sends the invitation, or sends it again; members who have joined are left out. ' +
      'Needs DIRECTORY_WRITE. At most 5 mails an hour go to one address.',
  })
  membersSendActivation(
    @Input(() => inputs.MembersActInput) input: inputs.MembersActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      directory => directory.invitations.send(input.ids),
      members => ({ members }),
    );
  }
}

/** The input calls the member's id `memberId`. */
function ofTheMember(refusal: unknown): never {
  throw refusal instanceof Refusal && refusal.facts.field?.[0] === 'id'
    ? refusal.at('memberId')
    : refusal;
}
