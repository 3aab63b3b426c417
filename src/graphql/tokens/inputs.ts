import { Field, ID, InputType } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import * as words from '../schema/enums.ts';
import { needed, optional, PlannableInput } from '../schema/inputs.ts';
import { DateTime } from '../schema/scalars.ts';
import * as tokenWords from './enums.ts';

@InputType({ description: 'An API token to make.' })
export class TokenCreateInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('What it is for.')) name!: string;
  @Field(() => tokenWords.CredentialKind, needed('Kind.')) kind!: tokenWords.CredentialWord;
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
