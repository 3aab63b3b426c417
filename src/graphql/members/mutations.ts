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
    description: 'Invite a person; lands as a manual member and mails them.',
  })
  memberInvite(
    @Input(() => inputs.MemberInviteInput) input: inputs.MemberInviteInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.members.invite(input), toPayload);
  }

  @Mutation(() => MemberPayload, { description: 'Edit a member.' })
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

  @Mutation(() => MemberPayload, { description: 'Disable.' })
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

  @Mutation(() => MemberPayload, { description: 'Enable.' })
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

  @Mutation(() => MemberPayload, { description: 'Soft-delete.' })
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

  @Mutation(() => MemberPayload, { description: 'Restore a soft-deleted member.' })
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
    description: 'Link or unlink a member and an account at a provider.',
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
    description: 'Send or send again the invitation or activation mail with a password link.',
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

/** What the directory calls the id is the member's here. */
function ofTheMember(refusal: unknown): never {
  throw refusal instanceof Refusal && refusal.facts.field?.[0] === 'id'
    ? refusal.at('memberId')
    : refusal;
}
