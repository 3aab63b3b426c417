import { Field, ID, InputType, Int } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import * as words from '../schema/enums.ts';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';

@InputType({
  description:
    'What gives a role: a team, or a role value that a provider pushes. Exactly one ' +
    'of the two.',
})
export class RoleMappingInput {
  @Field(() => ID, optional('Team whose members get the role.')) teamId?: string | null;
  @Field(() => String, optional('Value in the SCIM `roles` of a member, whatever its case.'))
  pushedRole?: string | null;
  @Field(() => ID, needed('Id of the role that is given.')) roleId!: string;
}

@InputType({ description: 'All mappings of a tenant, replacing those there are.' })
export class RoleMappingsSetInput extends TenantInput {
  @Field(
    () => [RoleMappingInput],
    needed('In order of precedence, the first one wins; at most 1000.'),
  )
  mappings!: RoleMappingInput[];
}

@InputType({ description: 'The role of those whom nothing else gives one.' })
export class TenantSetDefaultRoleInput extends TenantInput {
  @Field(() => ID, needed('Id of the new default role.')) roleId!: string;
}

@InputType({ description: 'A role to make, with what it permits.' })
export class RoleCreateInput extends TenantInput {
  @Field(() => String, needed('Name, 1 to 256 characters, unique in the tenant whatever its case.'))
  name!: string;
  @Field(
    () => [words.Permission],
    needed('What holders may do; no permission that the caller lacks.'),
  )
  permissions!: Permission[];
  @Field(
    () => Int,
    optional('Whole number from 1, the strongest; one weaker than all others when omitted.'),
  )
  rank?: number | null;
}

@InputType({ description: 'What to change of a role; what is left out stays.' })
export class RoleUpdateInput extends TenantInput {
  @Field(() => ID, needed('Id of the role.')) id!: string;
  @Field(() => String, optional('New name, 1 to 256 characters.')) name?: string | null;
  @Field(() => [words.Permission], optional('What holders may do from now on; replaces the list.'))
  permissions?: Permission[] | null;
  @Field(() => Int, optional('New rank, a whole number from 1, the strongest.')) rank?:
    number | null;
}

@InputType({ description: 'A role to delete, and who takes its place.' })
export class RoleDeleteInput extends PlannableInput {
  @Field(() => ID, needed('Id of the role; not a built-in one and not the default role.'))
  id!: string;
  @Field(
    () => ID,
    optional('Role for members who hold it by hand or by lock; needed when there are any.'),
  )
  replacementId?: string | null;
}
