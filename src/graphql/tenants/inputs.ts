import { Field, ID, InputType } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import { DateTime } from '../schema/scalars.ts';
import * as words from '../schema/enums.ts';
import { PlannableInput, needed, optional } from '../schema/inputs.ts';

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

@InputType({ description: 'An API token to make.' })
export class TokenCreateInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('What it is for.')) name!: string;
  @Field(() => words.CredentialKind, needed('Kind.')) kind!: words.CredentialWord;
  @Field(() => [words.Permission], needed("Permissions, at most the caller's own."))
  permissions!: Permission[];
  @Field(
    () => DateTime,
    optional('Expiry; that of the token in use when omitted, and no later than it.'),
  )
  expiresAt?: Date | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Live on when its maker is gone; needs TENANT_ADMIN.',
  })
  outlivesOwner?: boolean | null;
}

@InputType({ description: 'An API token.' })
export class TokenActInput extends PlannableInput {
  @Field(() => ID, needed('Token.')) id!: string;
}
