import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import {
  acsUrlOf,
  type ConflictCaseRow,
  type ExchangeRow,
  loginUrlOf,
  type ProviderCredentialRow,
  type ProviderRow,
  requireActivity,
  scimUrlOf,
} from '../../directory/index.ts';
import { ConflictCaseConnection } from '../conflicts/conflict-case.ts';
import type { Context } from '../context.ts';
import { pagesWithTenant } from '../loaders/with-tenant.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { listOfParent } from '../schema/lists.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { Url } from '../schema/scalars.ts';
import { RequestsArgs, ScimRequestConnection } from '../scim-requests/scim-request-list.ts';
import { healthOf, ProvisioningHealth } from './health.ts';
import { IdentityProvider } from './identity-provider.ts';
import { ProviderCredential } from './provider-credential.ts';
import { SignInSettings } from './settings.ts';

@Resolver(() => IdentityProvider)
export class IdentityProviderFields {
  @FieldResolver(() => SignInSettings, {
    nullable: true,
    description: 'How people sign in at this provider; null when that is not set up.',
  })
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

  @FieldResolver(() => [ProviderCredential], {
    description:
      'Secrets that the provider may use, newest first, never the secrets themselves. ' +
      'Needs DIRECTORY_READ.',
  })
  credentials(
    @Root() { tenantId, id }: ProviderRow,
    @Ctx() context: Context,
  ): Promise<ProviderCredentialRow[]> {
    return context.loaders(context.at(tenantId)).load('credentialsOfProvider', id);
  }

  @FieldResolver(() => ProvisioningHealth, {
    description: 'How its requests went lately. Needs AUDIT_READ or PROVISIONING_ADMIN.',
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

  @FieldResolver(() => ScimRequestConnection, {
    description:
      'SCIM requests of this provider and their answers, newest first, kept for 30 ' +
      'days by default. Needs AUDIT_READ or PROVISIONING_ADMIN.',
  })
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

  @FieldResolver(() => ConflictCaseConnection, {
    description: 'Conflicts of this provider that are still open.',
  })
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
