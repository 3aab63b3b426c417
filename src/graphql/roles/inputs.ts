import { Field, ID, InputType, Int } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import * as words from '../schema/enums.ts';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';

@InputType({ description: 'A mapping.' })
export class RoleMappingInput {
  @Field(() => ID, optional('Team.')) teamId?: string | null;
  @Field(() => String, optional('Or pushed role value.')) pushedRole?: string | null;
  @Field(() => ID, needed('Role.')) roleId!: string;
}

@InputType({ description: 'All mappings of a tenant.' })
export class RoleMappingsSetInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => [RoleMappingInput], needed('In order of precedence.')) mappings!: RoleMappingInput[];
}

@InputType({ description: 'The role of those whom nothing else gives one.' })
export class TenantSetDefaultRoleInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => ID, needed('Role.')) roleId!: string;
}

@InputType({ description: 'A role to make.' })
export class RoleCreateInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('Name.')) name!: string;
  @Field(() => [words.Permission], needed('Permissions.')) permissions!: Permission[];
  @Field(() => Int, optional('Rank, 1 is strongest.')) rank?: number | null;
}

@InputType({ description: 'What to change of a role; what is left out stays.' })
export class RoleUpdateInput extends TenantInput {
  @Field(() => ID, needed('Role.')) id!: string;
  @Field(() => String, optional('Name.')) name?: string | null;
  @Field(() => [words.Permission], optional('Permissions.')) permissions?: Permission[] | null;
  @Field(() => Int, optional('Rank.')) rank?: number | null;
}

@InputType({ description: 'A role to delete.' })
export class RoleDeleteInput extends PlannableInput {
  @Field(() => ID, needed('Role.')) id!: string;
  @Field(() => ID, optional('Role for those who hold it by hand or by lock.')) replacementId?:
    string | null;
}
