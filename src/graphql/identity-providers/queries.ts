import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { ProviderRow, TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { listOfTenant } from '../schema/lists.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { Tenant } from '../tenants/tenant.ts';
import { IdentityProvider, IdentityProviderConnection } from './identity-provider.ts';

/** The ways to an identity provider: by its id, and in the list of its tenant. */
@Resolver(() => Tenant)
export class IdentityProviderQueries {
  @Query(() => IdentityProvider, {
    nullable: true,
    description:
      "An identity provider of the credential's tenant; null when there is none with this id.",
  })
  identityProvider(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id of the provider.' }) id: string,
  ): Promise<ProviderRow | null> {
    return context.directory.identityProviders.get(id);
  }

  @FieldResolver(() => IdentityProviderConnection, {
    description: 'Identity providers of this tenant.',
  })
  identityProviders(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): Promise<LazyConnection<ProviderRow>> {
    return listOfTenant(context, info, id, {
      page: ({ identityProviders }) => identityProviders.page(pageRequest(args)),
      count: ({ identityProviders }) => identityProviders.count(),
    });
  }
}
