import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, PlannableInput } from '../schema/inputs.ts';

@InputType({ description: 'A child tenant to make.' })
export class TenantCreateInput extends PlannableInput {
  @Field(() => ID, optional('Parent.')) parentId?: string | null;
  @Field(() => String, needed('Name.')) name!: string;
}

@InputType({ description: 'What to change of a tenant; what is left out stays.' })
export class TenantUpdateInput extends PlannableInput {
  @Field(() => ID, optional("Tenant; without it, the credential's own.")) tenantId?: string | null;
  @Field(() => String, optional('Name, 1 to 256 characters.')) name?: string | null;
}
