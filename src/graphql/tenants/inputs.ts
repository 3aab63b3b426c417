import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';

@InputType({ description: 'A child tenant to make.' })
export class TenantCreateInput extends PlannableInput {
  @Field(() => ID, optional("The tenant to make it under; the credential's own when omitted."))
  parentId?: string | null;
  @Field(() => String, needed('Name, 1 to 256 characters.')) name!: string;
}

@InputType({ description: 'What to change of a tenant; what is left out stays.' })
export class TenantUpdateInput extends TenantInput {
  @Field(() => String, optional('Name, 1 to 256 characters.')) name?: string | null;
}
