import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { ApiTokenRow, TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { readOfTenant } from '../schema/lists.ts';
import { Tenant } from '../tenants/tenant.ts';
import { ApiToken } from './api-token.ts';

@Resolver(() => Tenant)
export class TokenQueries {
  @FieldResolver(() => [ApiToken], {
    description:
      "API tokens, newest first, revoked ones included, at most 1000. Others' are " +
      'listed with ROLE_ADMIN, PROVISIONING_ADMIN or AUDIT_READ.',
  })
  tokens(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApiTokenRow[]> {
    return readOfTenant(context, info, id, ({ credentials }) => credentials.tokens());
  }
}
