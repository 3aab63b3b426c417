import { Field, ObjectType } from 'type-graphql';
import type {
  ExtensionAttribute as ExtensionFacts,
  Features,
  InvitationPolicy,
  SignIn,
} from '../../directory/index.ts';
import { Url } from '../schema/scalars.ts';
import * as words from './enums.ts';

@ObjectType({ simpleResolvers: true, description: 'How people of this provider sign in.' })
export class SignInSettings implements Pick<SignIn, 'protocol'> {
  @Field(() => words.SignInProtocol, { description: 'The protocol that the provider speaks.' })
  protocol!: SignIn['protocol'];
  @Field(() => Url, {
    nullable: true,
    description: 'Where the provider signs people in; null when it was not set.',
  })
  signInUrl?: string | null;
  @Field(() => Url, {
    nullable: true,
    description: 'The entity id (SAML) or issuer (OIDC) of the provider; null when it was not set.',
  })
  entityIdUrl?: string | null;
  @Field(() => Url, { description: 'Address here that begins a sign-in with this provider.' })
  loginUrl!: string;
  @Field(() => Url, {
    nullable: true,
    description: 'Address here that receives SAML assertions; null for OIDC.',
  })
  acsUrl?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The algorithm that the provider signs with; null when it was not set.',
  })
  signatureAlgorithm?: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Operations that can be switched on or off for a provider.',
})
export class ProvisioningFeatures implements Features {
  @Field(() => Boolean, {
    description: 'Whether groups are accepted over SCIM. Without them no teams are made.',
  })
  acceptGroups!: boolean;
  @Field(() => words.InvitationPolicy, {
    description: 'Which new members of the provider are mailed.',
  })
  invitations!: InvitationPolicy;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A custom attribute that a provider may send, published in /Schemas.',
})
export class ExtensionAttribute implements ExtensionFacts {
  @Field(() => String, { description: 'URN of the extension schema.' }) urn!: string;
  @Field(() => String, { description: 'Name of the attribute within its schema.' }) name!: string;
  @Field(() => words.ExtensionType, { description: 'Type of the values in SCIM.' })
  type!: ExtensionFacts['type'];
}
