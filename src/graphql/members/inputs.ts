import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';
import { DateTime, EmailAddress } from '../schema/scalars.ts';

@InputType({ description: 'Whom to invite.' })
export class MemberInviteInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => EmailAddress, needed('Address.')) email!: string;
  @Field(() => String, optional('Given name.')) givenName?: string | null;
  @Field(() => String, optional('Family name.')) familyName?: string | null;
  @Field(() => [ID], optional('Manual teams only.')) teamIds?: string[] | null;
  @Field(() => ID, optional('Role.')) roleId?: string | null;
}

@InputType({ description: 'What to change of a member; what is left out stays.' })
export class MemberUpdateInput extends TenantInput {
  @Field(() => ID, needed('Member.')) id!: string;
  @Field(() => String, optional('User name.')) userName?: string | null;
  @Field(() => EmailAddress, optional('Address.')) email?: string | null;
  @Field(() => String, optional('Given name.')) givenName?: string | null;
  @Field(() => String, optional('Family name.')) familyName?: string | null;
  @Field(() => String, optional('Refuse if changed since.')) expectedVersion?: string | null;
}

@InputType({ description: 'A member, and why.' })
export class MemberActInput extends TenantInput {
  @Field(() => ID, needed('Member.')) id!: string;
  @Field(() => String, optional('Why, for the audit log.')) reason?: string | null;
}

@InputType({ description: 'Several members.' })
export class MembersActInput extends PlannableInput {
  @Field(() => [ID], needed('Members, at most 500.')) ids!: string[];
}

@InputType({ description: 'A role set by hand.' })
export class MemberSetRoleInput extends TenantInput {
  @Field(() => ID, needed('Member.')) id!: string;
  @Field(() => ID, needed('Role.')) roleId!: string;
  @Field(() => Boolean, { ...optional('Lock it too.'), defaultValue: false }) lock?: boolean | null;
}

@InputType({ description: 'A role lock.' })
export class MemberLockRoleInput extends TenantInput {
  @Field(() => ID, needed('Member.')) id!: string;
  @Field(() => ID, optional('Role; the present one when omitted.')) roleId?: string | null;
  @Field(() => String, optional('Why.')) reason?: string | null;
  @Field(() => DateTime, optional('Automatic release.')) expiresAt?: Date | null;
}

@InputType({ description: 'The tie between a member and an account at a provider.' })
export class MemberSetLinkInput extends TenantInput {
  @Field(() => ID, needed('Member.')) memberId!: string;
  @Field(() => ID, needed('Provider.')) identityProviderId!: string;
  @Field(() => String, optional('Identifier there; null unlinks.')) externalId?: string | null;
}
