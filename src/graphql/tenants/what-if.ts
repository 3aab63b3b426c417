import { Arg, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import {
  type Directory,
  type MembershipRow,
  type Page,
  type ProvisioningState,
  Refusal,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import * as providerWords from '../identity-providers/enums.ts';
import { RoleMappingInput } from '../roles/inputs.ts';
import { ChangePlan, type PlanSource } from '../schema/change-plan.ts';
import { needed, optional } from '../schema/inputs.ts';

@InputType({ description: 'A member with another set of teams.' })
export class MemberTeamsWhatIf {
  @Field(() => ID, needed('Id of the member.')) memberId!: string;
  @Field(() => [ID], needed('Ids of all teams that the member would be in.')) teamIds!: string[];
}

@InputType({ description: 'A provider with another state of provisioning.' })
export class ProvisioningStateWhatIf {
  @Field(() => ID, needed('Id of the provider.')) identityProviderId!: string;
  @Field(() => providerWords.ProvisioningState, needed('The state that it would have.'))
  state!: ProvisioningState;
}

@InputType({ description: 'What would be changed; at least one of these.' })
export class WhatIfInput {
  @Field(() => MemberTeamsWhatIf, optional('A member would be in exactly these teams.'))
  memberTeams?: MemberTeamsWhatIf | null;
  @Field(() => ID, optional('The tenant would have this default role.')) defaultRoleId?:
    string | null;
  @Field(() => [RoleMappingInput], optional('The tenant would have exactly these mappings.'))
  roleMappings?: RoleMappingInput[] | null;
  @Field(
    () => ProvisioningStateWhatIf,
    optional('A provider would have this state of provisioning.'),
  )
  provisioningState?: ProvisioningStateWhatIf | null;
}

@Resolver()
export class WhatIf {
  @Query(() => ChangePlan, {
    description:
      'What a change would do, or why it would be refused. It is carried out and ' +
      'rolled back, so it costs as much as the change.',
  })
  async whatIf(
    @Arg('input', () => WhatIfInput, { description: 'What would be changed, all of it together.' })
    input: WhatIfInput,
    @Ctx() context: Context,
  ): Promise<PlanSource> {
    if (Object.values(input).every(part => part == null))
      throw new Refusal('invalid', 'Say what would change.', { field: ['input'] });
    // A directory of its own: sibling fields read the present state.
    const directory = context.directory.apart();
    const plan = await directory.plan(() => pretend(directory, input));
    return { ...plan, tenantId: directory.tenantId };
  }
}

/** Calls the verbs themselves, inside a change that is rolled back. */
async function pretend(
  directory: Directory,
  { memberTeams, defaultRoleId, roleMappings, provisioningState }: WhatIfInput,
): Promise<void> {
  if (provisioningState)
    await directory.identityProviders.update(provisioningState.identityProviderId, {
      provisioning: provisioningState.state,
    });
  if (defaultRoleId) await directory.tenants.setDefaultRole(defaultRoleId);
  if (roleMappings) await directory.roles.setMappings(roleMappings);
  if (memberTeams) await moveTo(directory, memberTeams);
}

async function moveTo(
  directory: Directory,
  { memberId, teamIds }: MemberTeamsWhatIf,
): Promise<void> {
  const member = await directory.members.get(memberId);
  if (!member || member.state === 'DELETED')
    throw new Refusal('not-found', 'No such member.', {
      field: ['input', 'memberTeams', 'memberId'],
    });
  const present = await teamsOf(directory, memberId);
  const wanted = new Set(teamIds);
  for (const teamId of present)
    if (!wanted.has(teamId)) await directory.teams.expel(teamId, [memberId]);
  for (const teamId of wanted)
    if (!present.includes(teamId)) await directory.teams.admit(teamId, [memberId]);
}

async function teamsOf(directory: Directory, memberId: string): Promise<string[]> {
  const teamIds: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Page<MembershipRow> | undefined = (
      await directory.members.memberships([memberId], { first: 500, after })
    ).get(memberId);
    teamIds.push(...(page?.items.map(({ row }) => row.teamId) ?? []));
    [after, more] = [page?.items.at(-1)?.cursor ?? null, page?.hasNextPage === true];
  }
  return teamIds;
}
