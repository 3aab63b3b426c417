import { Field, ID, InputType, Int } from 'type-graphql';
import type {
  AdoptionPolicy,
  ExtensionAttribute,
  InvitationPolicy,
  ProviderKind,
  ProvisioningState,
  SignIn,
} from '../../directory/index.ts';
import { needed, optional, PlannableInput, TenantInput } from '../schema/inputs.ts';
import { DateTime, Url } from '../schema/scalars.ts';
import * as providerWords from './enums.ts';

@InputType({ description: 'How people of a provider sign in.' })
export class SignInSettingsInput implements SignIn {
  @Field(() => providerWords.SignInProtocol, needed('Protocol.')) protocol!: SignIn['protocol'];
  @Field(() => Url, optional('Sign-in URL.')) signInUrl?: string | null;
  @Field(() => Url, optional('Entity id or issuer.')) entityIdUrl?: string | null;
  @Field(() => String, optional('Signature algorithm.')) signatureAlgorithm?: string | null;
}

@InputType({ description: 'Switches per operation; what is left out stays.' })
export class ProvisioningFeaturesInput {
  @Field(() => Boolean, optional('Accept groups over SCIM.')) acceptGroups?: boolean | null;
  @Field(() => providerWords.InvitationPolicy, optional('Mail new members.'))
  invitations?: InvitationPolicy | null;
}

@InputType({ description: 'A custom attribute that a provider may send.' })
export class ExtensionAttributeInput implements ExtensionAttribute {
  @Field(() => String, needed('URN of the extension schema.')) urn!: string;
  @Field(() => String, needed('Attribute name.')) name!: string;
  @Field(() => providerWords.ExtensionType, {
    ...needed('SCIM type of the values.'),
    defaultValue: 'STRING',
  })
  type!: ExtensionAttribute['type'];
}

@InputType({ description: 'An identity provider to add.' })
export class IdentityProviderCreateInput extends PlannableInput {
  @Field(() => ID, optional('Tenant.')) tenantId?: string | null;
  @Field(() => String, needed('Name.')) name!: string;
  @Field(() => providerWords.IdentityProviderKind, needed('Kind.')) kind!: ProviderKind;
  @Field(() => SignInSettingsInput, optional('Sign-in record.'))
  signIn?: SignInSettingsInput | null;
  @Field(() => providerWords.ProvisioningState, { ...optional('Start state.'), defaultValue: 'ON' })
  provisioning?: ProvisioningState | null;
  @Field(() => providerWords.AdoptionPolicy, { ...optional('Adoption.'), defaultValue: 'ASK' })
  adoption?: AdoptionPolicy | null;
}

@InputType({ description: 'What to change of an identity provider; what is left out stays.' })
export class IdentityProviderUpdateInput extends TenantInput {
  @Field(() => ID, needed('Provider.')) id!: string;
  @Field(() => String, optional('Name.')) name?: string | null;
  @Field(() => Boolean, optional('In use.')) isActive?: boolean | null;
  @Field(() => SignInSettingsInput, optional('Sign-in record.'))
  signIn?: SignInSettingsInput | null;
  @Field(() => providerWords.ProvisioningState, optional('Provisioning.'))
  provisioning?: ProvisioningState | null;
  @Field(() => providerWords.AdoptionPolicy, optional('Adoption.'))
  adoption?: AdoptionPolicy | null;
  @Field(() => Boolean, {
    ...optional(
      "With `provisioning: ON`: take manual members out of the provider's teams instead of refusing.",
    ),
    defaultValue: false,
  })
  evictManualMembers?: boolean | null;
  @Field(() => ProvisioningFeaturesInput, optional('Features.'))
  features?: ProvisioningFeaturesInput | null;
  @Field(() => [ExtensionAttributeInput], optional('Custom attributes, replacing the list.'))
  extensionAttributes?: ExtensionAttributeInput[] | null;
  @Field(() => Boolean, optional("Answer as the RFC says instead of tolerating clients' habits."))
  strict?: boolean | null;
}

@InputType({ description: 'An identity provider to delete.' })
export class IdentityProviderDeleteInput extends PlannableInput {
  @Field(() => ID, needed('Provider; must be OFF.')) id!: string;
  @Field(() => String, needed('Its name, typed by whoever deletes it.')) name!: string;
}

@InputType({ description: 'An identity provider.' })
export class IdentityProviderActInput extends PlannableInput {
  @Field(() => ID, needed('Provider.')) id!: string;
}

@InputType({ description: 'A new secret beside the old one.' })
export class IdentityProviderRotateInput extends TenantInput {
  @Field(() => ID, needed('Provider.')) id!: string;
  @Field(() => Int, { ...optional('Hours the old secret keeps working.'), defaultValue: 72 })
  overlapHours?: number | null;
  @Field(() => DateTime, optional('Expiry of the new one.')) expiresAt?: Date | null;
}
