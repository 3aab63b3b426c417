import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';

@InputType({ description: 'A team to make.' })
export class TeamCreateInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('Name.')) name!: string;
  @Field(() => [ID], optional('Members.')) memberIds?: string[] | null;
}

@InputType({ description: 'What to change of a team; what is left out stays.' })
export class TeamUpdateInput extends TenantInput {
  @Field(() => ID, needed('Team.')) id!: string;
  @Field(() => String, optional('Name.')) name?: string | null;
  @Field(() => String, optional('Refuse if changed since.')) expectedVersion?: string | null;
}

@InputType({ description: 'A team.' })
export class TeamActInput extends TenantInput {
  @Field(() => ID, needed('Team.')) id!: string;
}

@InputType({ description: 'A team, and members to put in or take out.' })
export class TeamMembersInput extends TenantInput {
  @Field(() => ID, needed('Team.')) id!: string;
  @Field(() => [ID], needed('Members, at most 500.')) memberIds!: string[];
}
