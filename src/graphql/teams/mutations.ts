import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { Directory, TeamRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { mutate } from '../schema/mutate.ts';
import { TeamPayload } from '../schema/payloads.ts';
import * as inputs from './inputs.ts';

const INPUT = { description: 'What to do.' };
const toPayload = (team: TeamRow | null) => ({ team });

@Resolver()
export class TeamMutations {
  @Mutation(() => TeamPayload, { description: 'Make a team.' })
  teamCreate(
    @Arg('input', () => inputs.TeamCreateInput, INPUT) input: inputs.TeamCreateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate({ context, info, input }, directory => directory.teams.create(input), toPayload);
  }

  @Mutation(() => TeamPayload, { description: 'Rename.' })
  teamUpdate(
    @Arg('input', () => inputs.TeamUpdateInput, INPUT) input: inputs.TeamUpdateInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate({ context, info, input }, directory => rename(directory, input), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Restore a team that was deleted within 30 days, with those who were in it and are still here, and with its mapping. One that its provider deleted comes back unlinked.',
  })
  teamRestore(
    @Arg('input', () => inputs.TeamActInput, INPUT) input: inputs.TeamActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.teams.restore(input.id),
      toPayload,
    );
  }

  @Mutation(() => TeamPayload, { description: 'Delete; restorable for 30 days.' })
  teamDelete(
    @Arg('input', () => inputs.TeamActInput, INPUT) input: inputs.TeamActInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory => directory.teams.remove(input.id),
      toPayload,
    );
  }

  @Mutation(() => TeamPayload, { description: 'Add members.' })
  teamAddMembers(
    @Arg('input', () => inputs.TeamMembersInput, INPUT) input: inputs.TeamMembersInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory =>
        changed(directory, input.id, () => directory.teams.admit(input.id, input.memberIds)),
      toPayload,
    );
  }

  @Mutation(() => TeamPayload, { description: 'Remove members.' })
  teamRemoveMembers(
    @Arg('input', () => inputs.TeamMembersInput, INPUT) input: inputs.TeamMembersInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    return mutate(
      { context, info, input },
      directory =>
        changed(directory, input.id, () => directory.teams.expel(input.id, input.memberIds)),
      toPayload,
    );
  }
}

/** Without a name there is nothing to change, and that is not refused. */
async function rename(
  directory: Directory,
  { id, name, expectedVersion }: inputs.TeamUpdateInput,
): Promise<TeamRow> {
  return directory.teams.rename(id, name ?? (await directory.teams.get(id))?.name ?? '', {
    expectedVersion,
  });
}

/** The team as it is after its membership changed. */
async function changed(
  directory: Directory,
  id: string,
  change: () => Promise<unknown>,
): Promise<TeamRow | null> {
  await change();
  return directory.teams.get(id);
}
