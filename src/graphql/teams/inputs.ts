import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, TenantInput } from '../schema/inputs.ts';

@InputType({ description: 'A team to make by hand.' })
export class TeamCreateInput extends TenantInput {
  @Field(() => String, needed('Name, 1 to 256 characters, unique in the tenant whatever its case.'))
  name!: string;
  @Field(() => [ID], optional('Members to put in at once, at most 500.')) memberIds?:
    string[] | null;
}

@InputType({ description: 'What to change of a team; what is left out stays.' })
export class TeamUpdateInput extends TenantInput {
  @Field(() => ID, needed('Id of the team.')) id!: string;
  @Field(() => String, optional('New name, 1 to 256 characters.')) name?: string | null;
  @Field(
    () => String,
    optional(
      'The `version` that was read; refused as STALE_VERSION when the team has changed since.',
    ),
  )
  expectedVersion?: string | null;
}

@InputType({ description: 'The team that is meant.' })
export class TeamActInput extends TenantInput {
  @Field(() => ID, needed('Id of the team.')) id!: string;
}

@InputType({ description: 'A team, and members to put in or take out.' })
export class TeamMembersInput extends TenantInput {
  @Field(() => ID, needed('Id of the team.')) id!: string;
  @Field(() => [ID], needed('Ids of the members, at most 500.')) memberIds!: string[];
}
