import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { type MemberRow, Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { changesIn } from '../schema/inputs.ts';
import * as inputs from './inputs.ts';
import { mutate } from '../schema/mutate.ts';
import { MemberInvitePayload, MemberPayload, MembersPayload } from '../schema/payloads.ts';

const INPUT = { description: 'What to do.' };
const toPayload = (member: MemberRow) => ({ member });

@Resolver()
export class MemberMutations {
  @Mutation(() => MemberInvitePayload, {
    description: 'Invite a person; lands as a manual member and mails them.',
  })
  memberInvite(
    @Arg('input', () => inputs.MemberInviteInput, INPUT) input: inputs.MemberInviteInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.invite(input),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Edit a member.' })
  memberUpdate(
    @Arg('input', () => inputs.MemberUpdateInput, INPUT) input: inputs.MemberUpdateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    const { expectedVersion, ...edit } = changesIn(input);
    return mutate(
      { context, info, input },
      directory => directory.members.update(input.id, edit, { expectedVersion }),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Disable.' })
  memberDisable(
    @Arg('input', () => inputs.MemberActInput, INPUT) input: inputs.MemberActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.disable(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Enable.' })
  memberEnable(
    @Arg('input', () => inputs.MemberActInput, INPUT) input: inputs.MemberActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.enable(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Soft-delete.' })
  memberDelete(
    @Arg('input', () => inputs.MemberActInput, INPUT) input: inputs.MemberActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.remove(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, { description: 'Restore a soft-deleted member.' })
  memberRestore(
    @Arg('input', () => inputs.MemberActInput, INPUT) input: inputs.MemberActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.members.restore(input.id, input.reason),
      toPayload,
    );
  }

  @Mutation(() => MemberPayload, {
    description: 'Link or unlink a member and an account at a provider.',
  })
  memberSetLink(
    @Arg('input', () => inputs.MemberSetLinkInput, INPUT) input: inputs.MemberSetLinkInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
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
    @Arg('input', () => inputs.MembersActInput, INPUT) input: inputs.MembersActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
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
