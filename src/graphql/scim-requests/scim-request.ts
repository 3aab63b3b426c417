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

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One SCIM exchange.' })
export class ScimRequest implements Pick<
  ExchangeRow,
  'id' | 'method' | 'path' | 'status' | 'at' | 'durationMs' | 'explanation' | 'repairs'
> {
  @Field(() => ID, { description: "Id, also in the answer's header." }) id!: string;
  @Field(() => String, { description: 'Method.' }) method!: string;
  @Field(() => String, { description: 'Path.' }) path!: string;
  @Field(() => Int, { description: 'Status.' }) status!: number;
  @Field(() => DateTime, { description: 'At.' }) at!: Date;
  @Field(() => Int, { description: 'Took.' }) durationMs!: number;
  @Field(() => String, {
    description: 'Sentence for a person: what the sender wanted, what we did, why.',
  })
  explanation!: string;
  @Field(() => [String], { description: 'Quirk repairs applied.' }) repairs!: string[];
}

@Resolver(() => ScimRequest)
export class ScimRequestFields {
  @FieldResolver(() => IdentityProvider, { description: 'Provider.' })
  identityProvider(
    @Root() { tenantId, providerId }: Exchange,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Request body, secrets removed.' })
  async requestBody(@Root() { tenantId, id }: Exchange, @Ctx() context: Context): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.requestBody ?? null
    );
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Answer.' })
  async responseBody(
    @Root() { tenantId, id }: Exchange,
    @Ctx() context: Context,
  ): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.responseBody ?? null
    );
  }

  @FieldResolver(() => AuditEntryConnection, { description: 'Changes it made, in order.' })
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
