import type { GraphQLResolveInfo } from 'graphql';
import {
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import {
  type AdoptionPolicy,
  type ExtensionAttribute as ExtensionFacts,
  type ExchangeRow,
  type Features,
  type InvitationPolicy,
  type ProviderCredentialRow,
  type ProviderKind,
  type ProviderRow,
  type ProvisioningState,
  requireActivity,
  type SignIn,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { withTenant } from '../loaders/with-tenant.ts';
import { Url } from '../schema/scalars.ts';
import { acsUrlOf, loginUrlOf, scimUrlOf } from './addresses.ts';
import { ConflictCaseConnection, ScimRequestConnection } from '../schema/connections.ts';
import { LazyConnection } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { healthOf, ProvisioningHealth } from './health.ts';
import { Node } from '../schema/node.ts';
import { ForwardArgs, pageRequest, RequestsArgs } from '../schema/page-args.ts';
import { ProviderCredential } from './provider-credential.ts';

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

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A system that people's identities come from or go to: Microsoft Entra ID, Okta, any SCIM client, LDAP. Sign-in, provisioning and outbound push of one such system are one record.",
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
  @Field(() => ID, { description: 'Id; also the uuid in the REST record and in `scimUrl`.' })
  id!: string;
  @Field(() => String, { description: 'Name; the application name in reports.' }) name!: string;
  @Field(() => words.IdentityProviderKind, { description: 'Kind; drives the icon.' })
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
      'What happens to a hand-made member or team that the provider asks for by its user name or team name.',
  })
  adoption!: AdoptionPolicy;
  @Field(() => ProvisioningFeatures, { description: 'Operations switched on.' })
  features!: Features;
  @Field(() => Boolean, {
    description: "Answers as the RFC says instead of tolerating clients' habits.",
  })
  strict!: boolean;
  @Field(() => [ExtensionAttribute], {
    description: 'Custom attributes accepted from this provider.',
  })
  extensionAttributes!: ExtensionFacts[];
}

@Resolver(() => IdentityProvider)
export class IdentityProviderFields {
  @FieldResolver(() => SignInSettings, { nullable: true, description: 'Sign-in record.' })
  signIn(@Root() provider: ProviderRow, @Ctx() { publicUrl }: Context): SignInSettings | null {
    const { signIn } = provider;
    return (
      signIn && {
        ...signIn,
        loginUrl: loginUrlOf(publicUrl, provider),
        acsUrl: signIn.protocol === 'SAML' ? acsUrlOf(publicUrl, provider) : null,
      }
    );
  }

  @FieldResolver(() => Url, {
    nullable: true,
    description: 'What to paste into Tenant URL; null while provisioning is OFF.',
  })
  scimUrl(@Root() provider: ProviderRow, @Ctx() { publicUrl }: Context): string | null {
    return scimUrlOf(publicUrl, provider);
  }

  @FieldResolver(() => [ProviderCredential], { description: 'Credentials, without secrets.' })
  credentials(
    @Root() { tenantId, id }: ProviderRow,
    @Ctx() context: Context,
  ): Promise<ProviderCredentialRow[]> {
    return context.loaders(context.at(tenantId)).load('credentialsOfProvider', id);
  }

  @FieldResolver(() => ProvisioningHealth, {
    description: 'What became of its requests. Needs AUDIT_READ or PROVISIONING_ADMIN.',
  })
  async health(
    @Root() provider: ProviderRow,
    @Ctx() context: Context,
  ): Promise<ProvisioningHealth> {
    const directory = context.at(provider.tenantId);
    requireActivity(directory, ['PROVISIONING_ADMIN']);
    const loaders = context.loaders(directory);
    const [activity, credentials] = await Promise.all([
      loaders.load('activity', provider.id),
      directory.actor.may('DIRECTORY_READ')
        ? loaders.load('credentialsOfProvider', provider.id)
        : [],
    ]);
    return healthOf(provider, activity, credentials);
  }

  @FieldResolver(() => ScimRequestConnection, { description: 'Exchanges received or sent.' })
  requests(
    @Root() { tenantId, id }: ProviderRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => RequestsArgs) args: RequestsArgs,
  ): LazyConnection<ExchangeRow> {
    const directory = context.at(tenantId);
    const loaders = context.loaders(directory);
    const filter = args.filter ?? {};
    return new LazyConnection(
      () =>
        loaders.ofField(info, 'page', id, async ids => {
          const pages = await directory.exchanges.pagesOf(ids, filter, pageRequest(args));
          for (const { items } of pages.values())
            withTenant(
              directory,
              items.map(item => item.row),
            );
          return pages;
        }),
      () =>
        loaders.ofField(info, 'count', id, async ids => {
          return directory.exchanges.countsOf(ids, filter);
        }),
    );
  }

  @FieldResolver(() => ConflictCaseConnection, { description: 'Open conflicts.' })
  conflicts(
    @Root() { tenantId, id }: ProviderRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ) {
    const directory = context.at(tenantId);
    const loaders = context.loaders(directory);
    return new LazyConnection(
      () =>
        loaders.ofField(info, 'page', id, ids =>
          directory.conflicts.openOf(ids, pageRequest(args)),
        ),
      () => loaders.ofField(info, 'count', id, ids => directory.conflicts.countOpenOf(ids)),
    );
  }
}
