import type { GraphQLResolveInfo } from 'graphql';
import {
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Int,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { AuditEntryRow, ExchangeRow, ProviderRow } from '../../directory/index.ts';
import { AuditEntryConnection } from '../audit/audit-log.ts';
import type { Context } from '../context.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { type Exchange, pagesWithTenant } from '../loaders/with-tenant.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { listOfParent } from '../schema/lists.ts';
import { Node } from '../schema/node.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { DateTime, Json } from '../schema/scalars.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One SCIM request and its answer, as they were on the wire, secrets removed.',
})
export class ScimRequest implements Pick<
  ExchangeRow,
  'id' | 'method' | 'path' | 'status' | 'at' | 'durationMs' | 'explanation' | 'repairs'
> {
  @Field(() => ID, {
    description: 'Id of the request; the answer had it in the header Scim-Request-Id.',
  })
  id!: string;
  @Field(() => String, { description: 'HTTP method of the request.' }) method!: string;
  @Field(() => String, {
    description: "Path and query of the request, below the provider's endpoint.",
  })
  path!: string;
  @Field(() => Int, { description: 'HTTP status of the answer.' }) status!: number;
  @Field(() => DateTime, { description: 'When the request came in.' }) at!: Date;
  @Field(() => Int, { description: 'How long the answer took, in milliseconds.' })
  durationMs!: number;
  @Field(() => String, {
    description: 'Sentence for a person: what the sender wanted, what we did, why.',
  })
  explanation!: string;
  @Field(() => [String], {
    description: 'Names of habits of this client that were tolerated in the request.',
  })
  repairs!: string[];
}

@Resolver(() => ScimRequest)
export class ScimRequestFields {
  @FieldResolver(() => IdentityProvider, { description: 'The provider that sent it.' })
  identityProvider(
    @Root() { tenantId, providerId }: Exchange,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => Json, {
    nullable: true,
    description:
      'Body of the request, secrets removed; cut when it is longer than 16,000 ' +
      'characters, null when there was none.',
  })
  async requestBody(@Root() { tenantId, id }: Exchange, @Ctx() context: Context): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.requestBody ?? null
    );
  }

  @FieldResolver(() => Json, {
    nullable: true,
    description:
      'Body of the answer, secrets removed; cut when it is longer than 16,000 ' +
      'characters, null when there was none.',
  })
  async responseBody(
    @Root() { tenantId, id }: Exchange,
    @Ctx() context: Context,
  ): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.responseBody ?? null
    );
  }

  @FieldResolver(() => AuditEntryConnection, {
    description: 'Audit entries that the request caused, in order.',
  })
  changes(
    @Root() { tenantId, id }: Exchange,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): LazyConnection<AuditEntryRow> {
    const directory = context.at(tenantId);
    return listOfParent(context.loaders(directory), info, id, {
      pages: async ids =>
        pagesWithTenant(directory, await directory.audit.changesOf(ids, pageRequest(args))),
      counts: ids => directory.audit.countChangesOf(ids),
    });
  }
}
