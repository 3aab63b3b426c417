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
  @Field(() => words.SignInProtocol, { description: 'Protocol.' }) protocol!: SignIn['protocol'];
  @Field(() => Url, { nullable: true, description: 'Sign-in URL.' }) signInUrl?: string | null;
  @Field(() => Url, { nullable: true, description: 'Entity id or issuer.' }) entityIdUrl?:
    string | null;
  @Field(() => Url, { description: 'Login URL here.' }) loginUrl!: string;
  @Field(() => Url, { nullable: true, description: 'Assertion consumer URL here.' }) acsUrl?:
    string | null;
  @Field(() => String, { nullable: true, description: 'Signature algorithm.' })
  signatureAlgorithm?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Switches per operation.' })
export class ProvisioningFeatures implements Features {
  @Field(() => Boolean, { description: 'Accept groups over SCIM.' }) acceptGroups!: boolean;
  @Field(() => words.InvitationPolicy, { description: 'Mail new members.' })
  invitations!: InvitationPolicy;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A custom attribute that a provider may send, published in /Schemas.',
})
export class ExtensionAttribute implements ExtensionFacts {
  @Field(() => String, { description: 'URN of the extension schema.' }) urn!: string;
  @Field(() => String, { description: 'Attribute name.' }) name!: string;
  @Field(() => words.ExtensionType, { description: 'SCIM type of the values.' })
  type!: ExtensionFacts['type'];
}
