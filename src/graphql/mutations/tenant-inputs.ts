import { Field, ID, InputType } from 'type-graphql';
import type { Permission } from '../../directory/index.ts';
import { DateTime } from '../scalars.ts';
import * as words from '../types/enums.ts';
import { needed, optional } from './described.ts';

@InputType({ description: 'A child tenant to make.' })
export class TenantCreateInput {
  @Field(() => ID, optional('Parent.')) parentId?: string | null;
  @Field(() => String, needed('Name.')) name!: string;
}

@InputType({ description: 'An API token to make.' })
export class TokenCreateInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('What it is for.')) name!: string;
  @Field(() => words.CredentialKind, needed('Kind.')) kind!: words.CredentialWord;
  @Field(() => [words.Permission], needed("Permissions, at most the caller's own."))
  permissions!: Permission[];
  @Field(() => DateTime, optional('Expiry.')) expiresAt?: Date | null;
}

@InputType({ description: 'An API token.' })
export class TokenActInput {
  @Field(() => ID, needed('Token.')) id!: string;
}
