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

@InputType({ description: 'How people of a provider sign in. Replaces the whole record.' })
export class SignInSettingsInput implements SignIn {
  @Field(() => providerWords.SignInProtocol, needed('The protocol that the provider speaks.'))
  protocol!: SignIn['protocol'];
  @Field(() => Url, optional('Where the provider signs people in.')) signInUrl?: string | null;
  @Field(() => Url, optional('The entity id (SAML) or issuer (OIDC) of the provider.'))
  entityIdUrl?: string | null;
  @Field(() => String, optional('The algorithm that the provider signs with.'))
  signatureAlgorithm?: string | null;
}

@InputType({ description: 'Operations to switch on or off; what is left out stays.' })
export class ProvisioningFeaturesInput {
  @Field(
    () => Boolean,
    optional('Whether groups are accepted over SCIM. Without them no teams are made.'),
  )
  acceptGroups?: boolean | null;
  @Field(
    () => providerWords.InvitationPolicy,
    optional('Which new members of the provider are mailed.'),
  )
  invitations?: InvitationPolicy | null;
}

@InputType({ description: 'A custom attribute that a provider may send.' })
export class ExtensionAttributeInput implements ExtensionAttribute {
  @Field(
    () => String,
    needed(
      'URN of the extension schema: `urn:ietf:params:scim:schemas:extension:<Name>:2.0:User`.',
    ),
  )
  urn!: string;
  @Field(
    () => String,
    needed('Attribute name: a letter, then letters, digits, - and _, at most 64 characters.'),
  )
  name!: string;
  @Field(() => providerWords.ExtensionType, {
    ...needed('Type of the values in SCIM.'),
    defaultValue: 'STRING',
  })
  type!: ExtensionAttribute['type'];
}

@InputType({ description: 'An identity provider to add.' })
export class IdentityProviderCreateInput extends TenantInput {
  @Field(() => String, needed('Name, 1 to 256 characters, unique in the tenant whatever its case.'))
  name!: string;
  @Field(
    () => providerWords.IdentityProviderKind,
    needed('The product behind the provider; SCIM when none of the others fits.'),
  )
  kind!: ProviderKind;
  @Field(
    () => SignInSettingsInput,
    optional('How people sign in at the provider; can be set later.'),
  )
  signIn?: SignInSettingsInput | null;
  @Field(() => providerWords.ProvisioningState, {
    ...optional('Whether it may push at once. With OFF no secret is made.'),
    defaultValue: 'ON',
  })
  provisioning?: ProvisioningState | null;
  @Field(() => providerWords.AdoptionPolicy, {
    ...optional('What happens when it asks for the name of something made by hand.'),
    defaultValue: 'ASK',
  })
  adoption?: AdoptionPolicy | null;
}

@InputType({ description: 'What to change of an identity provider; what is left out stays.' })
export class IdentityProviderUpdateInput extends TenantInput {
  @Field(() => ID, needed('Id of the provider.')) id!: string;
  @Field(() => String, optional('New name, 1 to 256 characters.')) name?: string | null;
  @Field(
    () => Boolean,
    optional('Whether it is in use at all; false refuses its sign-ins and its SCIM requests.'),
  )
  isActive?: boolean | null;
  @Field(() => SignInSettingsInput, optional('New sign-in record; null removes it.'))
  signIn?: SignInSettingsInput | null;
  @Field(
    () => providerWords.ProvisioningState,
    optional(
      'Whether it may push. OFF kills every secret at once; switching on from OFF ' +
        'makes a new one.',
    ),
  )
  provisioning?: ProvisioningState | null;
  @Field(
    () => providerWords.AdoptionPolicy,
    optional('What happens when it asks for the name of something made by hand.'),
  )
  adoption?: AdoptionPolicy | null;
  @Field(() => Boolean, {
    ...optional(
      "With `provisioning: ON`: take manual members out of the provider's teams " +
        'instead of refusing.',
    ),
    defaultValue: false,
  })
  evictManualMembers?: boolean | null;
  @Field(() => ProvisioningFeaturesInput, optional('Operations to switch on or off.'))
  features?: ProvisioningFeaturesInput | null;
  @Field(
    () => [ExtensionAttributeInput],
    optional('Custom attributes that it may send, at most 200; replaces the list.'),
  )
  extensionAttributes?: ExtensionAttributeInput[] | null;
  @Field(() => Boolean, optional("Answer as the RFC says instead of tolerating clients' habits."))
  strict?: boolean | null;
}

@InputType({ description: 'An identity provider to delete.' })
export class IdentityProviderDeleteInput extends PlannableInput {
  @Field(() => ID, needed('Id of the provider; its provisioning must be OFF.')) id!: string;
  @Field(
    () => String,
    needed('Its name, typed by the person who deletes it, so that the right one goes.'),
  )
  name!: string;
}

@InputType({ description: 'The identity provider that is meant.' })
export class IdentityProviderActInput extends PlannableInput {
  @Field(() => ID, needed('Id of the provider.')) id!: string;
}

@InputType({ description: 'A new secret beside the old ones.' })
export class IdentityProviderRotateInput extends TenantInput {
  @Field(() => ID, needed('Id of the provider.')) id!: string;
  @Field(() => Int, {
    ...optional(
      'Hours that the old secrets keep working, 0 to 8760. With 0 they are dead at once.',
    ),
    defaultValue: 72,
  })
  overlapHours?: number | null;
  @Field(() => DateTime, optional('When the new secret expires; never when omitted.'))
  expiresAt?: Date | null;
}
