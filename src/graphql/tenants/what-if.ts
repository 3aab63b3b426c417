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

@InputType({ description: 'Hypothetical team set.' })
export class MemberTeamsWhatIf {
  @Field(() => ID, needed('Member.')) memberId!: string;
  @Field(() => [ID], needed('Teams after.')) teamIds!: string[];
}

@InputType({ description: 'Hypothetical switch.' })
export class ProvisioningStateWhatIf {
  @Field(() => ID, needed('Provider.')) identityProviderId!: string;
  @Field(() => providerWords.ProvisioningState, needed('State after.')) state!: ProvisioningState;
}

@InputType({ description: 'A hypothetical change.' })
export class WhatIfInput {
  @Field(() => MemberTeamsWhatIf, optional('A member changes teams.'))
  memberTeams?: MemberTeamsWhatIf | null;
  @Field(() => ID, optional('The default role changes.')) defaultRoleId?: string | null;
  @Field(() => [RoleMappingInput], optional('Mappings change.')) roleMappings?:
    RoleMappingInput[] | null;
  @Field(() => ProvisioningStateWhatIf, optional('Provisioning is switched.'))
  provisioningState?: ProvisioningStateWhatIf | null;
}

@Resolver()
export class WhatIf {
  @Query(() => ChangePlan, {
    description: 'Answers in advance whether a change would be allowed and what it would do.',
  })
  async whatIf(
    @Arg('input', () => WhatIfInput, { description: 'What would be done; all of it together.' })
    input: WhatIfInput,
    @Ctx() context: Context,
  ): Promise<PlanSource> {
    if (Object.values(input).every(part => part == null))
      throw new Refusal('invalid', 'Say what would change.', { field: ['input'] });
    const directory = context.directory.apart(); // fields beside it tell what is, not what would be
    const plan = await directory.plan(() => pretend(directory, input));
    return { ...plan, tenantId: directory.tenantId };
  }
}

/** The verbs themselves, in a change that will be rolled back. */
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
