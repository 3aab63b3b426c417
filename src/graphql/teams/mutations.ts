import { Mutation, Resolver } from 'type-graphql';
import type { Directory, TeamRow } from '../../directory/index.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { TeamPayload } from './payloads.ts';

const toPayload = (team: TeamRow | null) => ({ team });

@Resolver()
export class TeamMutations {
  @Mutation(() => TeamPayload, { description: 'Makes a team by hand. Needs DIRECTORY_WRITE.' })
  teamCreate(
    @Input(() => inputs.TeamCreateInput) input: inputs.TeamCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.create(input), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Renames a team. Needs DIRECTORY_WRITE. Refused for teams that a provider manages.',
  })
  teamUpdate(
    @Input(() => inputs.TeamUpdateInput) input: inputs.TeamUpdateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => rename(directory, input), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Restores a team that was deleted within 30 days, with its mapping and those who ' +
      'were in it and are still here. One that its provider deleted comes back ' +
      'unlinked. Needs DIRECTORY_WRITE.',
  })
  teamRestore(
    @Input(() => inputs.TeamActInput) input: inputs.TeamActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.restore(input.id), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Deletes a team; it can be restored for 30 days. Roles that came from it are ' +
      'decided anew. Needs DIRECTORY_WRITE.',
  })
  teamDelete(
    @Input(() => inputs.TeamActInput) input: inputs.TeamActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.remove(input.id), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Puts members into a team. Needs DIRECTORY_WRITE. Members who are in it already ' +
      'stay as they are.',
  })
  teamAddMembers(
    @Input(() => inputs.TeamMembersInput) input: inputs.TeamMembersInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      ({ teams }) => teamAfter(teams, input.id, teams.admit(input.id, input.memberIds)),
      toPayload,
    );
  }

  @Mutation(() => TeamPayload, {
    description:
      'Takes members out of a team. Needs DIRECTORY_WRITE. Members who are not in it ' +
      'are passed over.',
  })
  teamRemoveMembers(
    @Input(() => inputs.TeamMembersInput) input: inputs.TeamMembersInput,
    @Call() call: MutationCall,
  ) {
    return mutate(
      call,
      input,
      ({ teams }) => teamAfter(teams, input.id, teams.expel(input.id, input.memberIds)),
      toPayload,
    );
  }
}

/** An update without a name changes nothing, and is not refused: the team keeps the name it has. */
async function rename(
  { teams }: Directory,
  { id, name, expectedVersion }: inputs.TeamUpdateInput,
): Promise<TeamRow> {
  return teams.rename(id, name ?? (await teams.get(id))?.name ?? '', { expectedVersion });
}

async function teamAfter(
  teams: Directory['teams'],
  id: string,
  change: Promise<unknown>,
): Promise<TeamRow | null> {
  await change;
  return teams.get(id);
}
