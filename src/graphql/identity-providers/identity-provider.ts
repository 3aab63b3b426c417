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
  acsUrlOf,
  type AdoptionPolicy,
  type ConflictCaseRow,
  type ExchangeRow,
  type ExtensionAttribute as ExtensionFacts,
  type Features,
  loginUrlOf,
  type ProviderCredentialRow,
  type ProviderKind,
  type ProviderRow,
  type ProvisioningState,
  requireActivity,
  scimUrlOf,
} from '../../directory/index.ts';
import { ConflictCaseConnection } from '../conflicts/conflict-case.ts';
import type { Context } from '../context.ts';
import { pagesWithTenant } from '../loaders/with-tenant.ts';
import { connectionOf, type LazyConnection } from '../schema/connection.ts';
import { listOfParent } from '../schema/lists.ts';
import { Node } from '../schema/node.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { Url } from '../schema/scalars.ts';
import { RequestsArgs, ScimRequestConnection } from '../scim-requests/scim-request-list.ts';
import * as words from './enums.ts';
import { healthOf, ProvisioningHealth } from './health.ts';
import { ProviderCredential } from './provider-credential.ts';
import { ExtensionAttribute, ProvisioningFeatures, SignInSettings } from './settings.ts';

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
    const filter = args.filter ?? {};
    return listOfParent(context.loaders(directory), info, id, {
      pages: async ids =>
        pagesWithTenant(
          directory,
          await directory.exchanges.pagesOf(ids, filter, pageRequest(args)),
        ),
      counts: ids => directory.exchanges.countsOf(ids, filter),
    });
  }

  @FieldResolver(() => ConflictCaseConnection, { description: 'Open conflicts.' })
  conflicts(
    @Root() { tenantId, id }: ProviderRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): LazyConnection<ConflictCaseRow> {
    const directory = context.at(tenantId);
    return listOfParent(context.loaders(directory), info, id, {
      pages: ids => directory.conflicts.openOf(ids, pageRequest(args)),
      counts: ids => directory.conflicts.countOpenOf(ids),
    });
  }
}

export const IdentityProviderConnection = connectionOf(
  'IdentityProvider',
  'Providers.',
  () => IdentityProvider,
);
