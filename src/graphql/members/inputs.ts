import { Field, ID, InputType } from 'type-graphql';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';
import { DateTime, EmailAddress } from '../schema/scalars.ts';

@InputType({ description: 'A person to invite by mail.' })
export class MemberInviteInput extends TenantInput {
  @Field(() => EmailAddress, needed('Address to invite; also becomes the user name.'))
  email!: string;
  @Field(() => String, optional('Given name, at most 256 characters.')) givenName?: string | null;
  @Field(() => String, optional('Family name, at most 256 characters.')) familyName?: string | null;
  @Field(() => [ID], optional('Teams to join at once; teams that a provider manages are refused.'))
  teamIds?: string[] | null;
  @Field(
    () => ID,
    optional(
      "Role to give by hand, which needs ROLE_ADMIN; the tenant's default role when omitted.",
    ),
  )
  roleId?: string | null;
}

@InputType({ description: 'What to change of a member; what is left out stays.' })
export class MemberUpdateInput extends TenantInput {
  @Field(() => ID, needed('Id of the member.')) id!: string;
  @Field(
    () => String,
    optional('New login name, at most 320 characters, unique in the tenant whatever its case.'),
  )
  userName?: string | null;
  @Field(
    () => EmailAddress,
    optional('New address. A user name that is the old address changes with it.'),
  )
  email?: string | null;
  @Field(() => String, optional('New given name; empty or null removes it.')) givenName?:
    string | null;
  @Field(() => String, optional('New family name; empty or null removes it.')) familyName?:
    string | null;
  @Field(
    () => String,
    optional(
      'The `version` that was read; refused as STALE_VERSION when the member has ' +
        'changed since.',
    ),
  )
  expectedVersion?: string | null;
}

@InputType({ description: 'A member, and the reason for what is done.' })
export class MemberActInput extends TenantInput {
  @Field(() => ID, needed('Id of the member.')) id!: string;
  @Field(() => String, optional('Reason that the audit entry keeps, at most 2,000 characters.'))
  reason?: string | null;
}

@InputType({ description: 'Members to whom the same is done.' })
export class MembersActInput extends PlannableInput {
  @Field(() => [ID], needed('Ids of the members, at most 500.')) ids!: string[];
}

@InputType({ description: 'A role to give by hand.' })
export class MemberSetRoleInput extends TenantInput {
  @Field(() => ID, needed('Id of the member.')) id!: string;
  @Field(() => ID, needed('Id of the role to give.')) roleId!: string;
  @Field(() => Boolean, {
    ...optional('Lock the role too, so that mappings and providers do not change it.'),
    defaultValue: false,
  })
  lock?: boolean | null;
}

@InputType({ description: "A lock on a member's role." })
export class MemberLockRoleInput extends TenantInput {
  @Field(() => ID, needed('Id of the member.')) id!: string;
  @Field(() => ID, optional('Role to give and lock; the present one when omitted.')) roleId?:
    string | null;
  @Field(() => String, optional('Why it is locked, at most 2,000 characters.')) reason?:
    string | null;
  @Field(() => DateTime, optional('When the lock is released by itself; never when omitted.'))
  expiresAt?: Date | null;
}

@InputType({ description: 'The tie between a member and an account at a provider.' })
export class MemberSetLinkInput extends TenantInput {
  @Field(() => ID, needed('Id of the member.')) memberId!: string;
  @Field(() => ID, needed('Id of the provider that has the account.')) identityProviderId!: string;
  @Field(() => String, optional('Identifier of the account there; null cuts the link.'))
  externalId?: string | null;
}
