import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { Refusal, type TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { connectionOf, type LazyConnection } from '../schema/connection.ts';
import { optional } from '../schema/inputs.ts';
import { listOfTenant, readOfTenant } from '../schema/lists.ts';
import { Node } from '../schema/node.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { AttentionItem, attentionOf } from './attention.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A customer account. A tenant may have child tenants that it provisions into.',
})
export class Tenant implements Pick<TenantRow, 'id' | 'name'> {
  @Field(() => ID, { description: 'Id of the tenant.' }) id!: string;
  @Field(() => String, { description: 'Name of the tenant, for people.' }) name!: string;
}

export const TenantConnection = connectionOf('Tenant', 'A page of tenants.', () => Tenant);

/**
 * The fields of a tenant that are not of another noun; members, teams and the others add theirs.
 * All are read in the directory of that tenant: a caller who may not enter it sees its id and name
 * only.
 */
@Resolver(() => Tenant)
export class TenantFields {
  @Query(() => Tenant, {
    nullable: true,
    description:
      "A tenant that the caller may enter; the credential's own without an id, null " +
      'for any other.',
  })
  async tenant(
    @Ctx() context: Context,
    @Arg('id', () => ID, optional("Id of the tenant; the credential's own when omitted."))
    id?: string | null,
  ): Promise<TenantRow | null> {
    const directory = await context.enter(id).catch(nullIfNotFound);
    return directory && context.loaders(directory).load('tenant', directory.tenantId);
  }

  @FieldResolver(() => Tenant, {
    nullable: true,
    description:
      'The parent tenant, of which a child sees id and name; null when this is no child.',
  })
  async parent(
    @Root() { id, parentId }: TenantRow,
    @Ctx() context: Context,
  ): Promise<TenantRow | null> {
    if (parentId === null) return null;
    // From the child only the name of its parent is read; the parent's own people read all of it.
    const isOwn = parentId === context.directory.tenantId;
    const directory = isOwn ? context.directory : await context.enter(id);
    return context.loaders(directory).load('tenant', parentId);
  }

  @FieldResolver(() => TenantConnection, {
    description: 'Child tenants; empty for viewers without TENANT_ADMIN.',
  })
  children(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): Promise<LazyConnection<TenantRow>> {
    return listOfTenant(context, info, id, {
      page: ({ tenants }) => tenants.children(pageRequest(args)),
      count: ({ tenants }) => tenants.countChildren(),
    });
  }

  @FieldResolver(() => [AttentionItem], {
    description:
      'What a person should look at now: conflicts, refused sign-ins, expiring ' +
      'secrets, silent and failing providers. Needs DIRECTORY_READ.',
  })
  attention(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AttentionItem[]> {
    return readOfTenant(context, info, id, directory =>
      attentionOf(directory, context.loaders(directory)),
    );
  }
}

/** A tenant that may not be entered is answered like one that does not exist. */
function nullIfNotFound(refusal: unknown): null {
  if (refusal instanceof Refusal && refusal.code === 'not-found') return null;
  throw refusal;
}
