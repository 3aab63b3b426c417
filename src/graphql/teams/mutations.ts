import { Mutation, Resolver } from 'type-graphql';
import type { Directory, TeamRow } from '../../directory/index.ts';
import { Call, Input, mutate, type MutationCall } from '../schema/mutate.ts';
import * as inputs from './inputs.ts';
import { TeamPayload } from './payloads.ts';

const toPayload = (team: TeamRow | null) => ({ team });

@Resolver()
export class TeamMutations {
  @Mutation(() => TeamPayload, { description: 'Make a team.' })
  teamCreate(
    @Input(() => inputs.TeamCreateInput) input: inputs.TeamCreateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.create(input), toPayload);
  }

  @Mutation(() => TeamPayload, { description: 'Rename.' })
  teamUpdate(
    @Input(() => inputs.TeamUpdateInput) input: inputs.TeamUpdateInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => rename(directory, input), toPayload);
  }

  @Mutation(() => TeamPayload, {
    description:
      'Restore a team that was deleted within 30 days, with those who were in it and are still here, and with its mapping. One that its provider deleted comes back unlinked.',
  })
  teamRestore(
    @Input(() => inputs.TeamActInput) input: inputs.TeamActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.restore(input.id), toPayload);
  }

  @Mutation(() => TeamPayload, { description: 'Delete; restorable for 30 days.' })
  teamDelete(
    @Input(() => inputs.TeamActInput) input: inputs.TeamActInput,
    @Call() call: MutationCall,
  ) {
    return mutate(call, input, directory => directory.teams.remove(input.id), toPayload);
  }

  @Mutation(() => TeamPayload, { description: 'Add members.' })
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

  @Mutation(() => TeamPayload, { description: 'Remove members.' })
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
