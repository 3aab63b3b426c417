import { Field, ID, InputType } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import * as words from '../schema/enums.ts';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';
import { DateTime } from '../schema/scalars.ts';
import * as tokenWords from './enums.ts';

@InputType({ description: 'An API token to make.' })
export class TokenCreateInput extends TenantInput {
  @Field(() => String, needed('What it is for, 1 to 200 characters.')) name!: string;
  @Field(
    () => tokenWords.CredentialKind,
    needed('PERSONAL, SCIM or SERVICE. SCIM needs PROVISIONING_ADMIN, SERVICE needs ROLE_ADMIN.'),
  )
  kind!: tokenWords.CredentialWord;
  @Field(
    () => [words.Permission],
    needed('What it permits, no more than the caller may; a SCIM token holds SCIM_INTEGRATE only.'),
  )
  permissions!: Permission[];
  @Field(
    () => DateTime,
    optional('Expiry; that of the token in use when omitted, and no later than it.'),
  )
  expiresAt?: Date | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether it goes on working when its maker is gone; only for SERVICE, needs ' +
      'TENANT_ADMIN.',
  })
  outlivesOwner?: boolean | null;
}

@InputType({ description: 'The API token that is meant.' })
export class TokenActInput extends PlannableInput {
  @Field(() => ID, needed('Id of the token.')) id!: string;
}
