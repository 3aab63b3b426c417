import { Field, ID, ObjectType } from 'type-graphql';
import type {
  AdoptionPolicy,
  ExtensionAttribute as ExtensionFacts,
  Features,
  ProviderKind,
  ProviderRow,
  ProvisioningState,
} from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import { Node } from '../schema/node.ts';
import * as words from './enums.ts';
import { ExtensionAttribute, ProvisioningFeatures } from './settings.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A system that people's identities come from or go to: Microsoft Entra ID, Okta, " +
    'any SCIM client, LDAP. Sign-in, provisioning and outbound push of one such ' +
    'system are one record.',
})
export class IdentityProvider implements Pick<
  ProviderRow,
  | 'id'
  | 'name'
  | 'kind'
  | 'isActive'
  | 'provisioning'
  | 'adoption'
  | 'features'
  | 'strict'
  | 'extensionAttributes'
> {
  @Field(() => ID, {
    description: 'Id; also the uuid in the REST record and the last part of `scimUrl`.',
  })
  id!: string;
  @Field(() => String, { description: 'Name; in reports it is the application.' }) name!: string;
  @Field(() => words.IdentityProviderKind, {
    description: 'The product behind it; decides the icon and how long its silence is normal.',
  })
  kind!: ProviderKind;
  @Field(() => Boolean, {
    description: 'In use at all? When false, sign-in and SCIM are both refused.',
  })
  isActive!: boolean;
  @Field(() => words.ProvisioningState, {
    description: 'State of provisioning into this directory.',
  })
  provisioning!: ProvisioningState;
  @Field(() => words.AdoptionPolicy, {
    description:
      'What happens to a hand-made member or team that the provider asks for by its ' +
      'user name or team name.',
  })
  adoption!: AdoptionPolicy;
  @Field(() => ProvisioningFeatures, {
    description: 'Operations that are switched on for this provider.',
  })
  features!: Features;
  @Field(() => Boolean, {
    description: "Answers as the RFC says instead of tolerating clients' habits.",
  })
  strict!: boolean;
  @Field(() => [ExtensionAttribute], {
    description: 'Custom attributes that this provider may send, at most 200.',
  })
  extensionAttributes!: ExtensionFacts[];
}

export const IdentityProviderConnection = connectionOf(
  'IdentityProvider',
  'A page of identity providers.',
  () => IdentityProvider,
);
