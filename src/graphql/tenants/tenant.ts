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
import type {
  ApiTokenRow,
  AuditEntryRow,
  Directory,
  MemberRow,
  Page,
  ProviderRow,
  RoleMappingRow,
  RoleRow,
  TeamRow,
  TenantRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { withTenant } from '../loaders/with-tenant.ts';
import { attentionOf, AttentionItem } from './attention.ts';
import { LazyConnection } from '../schema/connection.ts';
import {
  AuditEntryConnection,
  IdentityProviderConnection,
  MemberConnection,
  TeamConnection,
  TenantConnection,
} from '../schema/connections.ts';
import { ApiToken } from '../tokens/credential.ts';
import {
  auditFilterOf,
  memberCondition,
  memberOrders,
  teamCondition,
  teamOrders,
} from '../schema/filters.ts';
import { Node } from '../schema/node.ts';
import {
  AuditLogArgs,
  ForwardArgs,
  JoinableArgs,
  MembersArgs,
  pageRequest,
  TeamsArgs,
} from '../schema/page-args.ts';
import { Role, RoleMapping } from '../roles/role.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A customer account. A tenant may have child tenants that it provisions into.',
})
export class Tenant implements Pick<TenantRow, 'id' | 'name'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
}

/** What is in a tenant is read through its own directory: whoever may not enter it sees its name and nothing else. */
@Resolver(() => Tenant)
export class TenantFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'Parent, when this is a child.' })
  async parent(
    @Root() { id, parentId }: TenantRow,
    @Ctx() context: Context,
  ): Promise<TenantRow | null> {
    return parentId === null
      ? null
      : context.loaders(await context.enter(id)).load('tenant', parentId);
  }

  @FieldResolver(() => TenantConnection, { description: 'Children.' })
  async children(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): Promise<LazyConnection<TenantRow>> {
    return listed(
      await context.enter(id),
      context,
      info,
      directory => directory.tenants.children(pageRequest(args)),
      directory => directory.tenants.countChildren(),
    );
  }

  @FieldResolver(() => Role, {
    description: 'Role given to provisioned members without any mapped team.',
  })
  async defaultRole(
    @Root() { id, defaultRoleId }: TenantRow,
    @Ctx() context: Context,
  ): Promise<RoleRow | null> {
    const directory = await context.enter(id);
    return defaultRoleId === null
      ? null
      : context.loaders(directory).load('roleSpokenOf', defaultRoleId);
  }

  @FieldResolver(() => MemberConnection, { description: 'Members.' })
  async members(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => MembersArgs) args: MembersArgs,
  ): Promise<LazyConnection<MemberRow>> {
    const where = args.filter ? memberCondition(args.filter) : undefined;
    return listed(
      await context.enter(id),
      context,
      info,
      directory =>
        directory.members.page({
          ...pageRequest(args),
          where,
          orderBy: args.orderBy ? memberOrders(args.orderBy) : undefined,
        }),
      directory => directory.members.count(where),
    );
  }

  @FieldResolver(() => TeamConnection, { description: 'Teams.' })
  async teams(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => TeamsArgs) args: TeamsArgs,
  ): Promise<LazyConnection<TeamRow>> {
    const where = args.filter ? teamCondition(args.filter) : undefined;
    return listed(
      await context.enter(id),
      context,
      info,
      directory =>
        directory.teams.page({
          ...pageRequest(args),
          where,
          orderBy: args.orderBy ? teamOrders(args.orderBy) : undefined,
        }),
      directory => directory.teams.count(where),
    );
  }

  @FieldResolver(() => TeamConnection, {
    description:
      'Teams a given member may join now: provisioned teams are left out for a manual member, and for an invitation.',
  })
  async joinableTeams(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => JoinableArgs) args: JoinableArgs,
  ): Promise<LazyConnection<TeamRow>> {
    return listed(
      await context.enter(id),
      context,
      info,
      directory => directory.teams.joinable(args),
      directory => directory.teams.countJoinable(args),
    );
  }

  @FieldResolver(() => [Role], { description: 'Roles, strongest first; a tenant has at most 250.' })
  async roles(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RoleRow[]> {
    return once(await context.enter(id), context, info, directory => directory.roles.all());
  }

  @FieldResolver(() => [RoleMapping], {
    description: 'Role mappings in order; a tenant has at most 1000.',
  })
  async roleMappings(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RoleMappingRow[]> {
    return once(await context.enter(id), context, info, directory => directory.roles.mappings());
  }

  @FieldResolver(() => [ApiToken], { description: 'API tokens, newest first, at most 1000.' })
  async tokens(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApiTokenRow[]> {
    return once(await context.enter(id), context, info, directory =>
      directory.credentials.tokens(),
    );
  }

  @FieldResolver(() => IdentityProviderConnection, {
    description: 'Identity providers feeding or fed by this tenant.',
  })
  async identityProviders(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): Promise<LazyConnection<ProviderRow>> {
    return listed(
      await context.enter(id),
      context,
      info,
      directory => directory.identityProviders.page(pageRequest(args)),
      directory => directory.identityProviders.count(),
    );
  }

  @FieldResolver(() => AuditEntryConnection, { description: 'Activity.' })
  async auditLog(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<LazyConnection<AuditEntryRow>> {
    const filter = auditFilterOf(args.filter ?? {});
    return listed(
      await context.enter(id),
      context,
      info,
      async directory => {
        const page = await directory.audit.page(filter, pageRequest(args));
        withTenant(
          directory,
          page.items.map(item => item.row),
        );
        return page;
      },
      directory => directory.audit.count(filter),
    );
  }

  @FieldResolver(() => [AttentionItem], {
    description:
      'What must a person look at now: conflicts, brakes, expiring credentials, silent providers.',
  })
  async attention(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AttentionItem[]> {
    return once(await context.enter(id), context, info, directory =>
      attentionOf(directory, context.loaders(directory)),
    );
  }
}

/** However many members, teams and children lead back to one tenant, what one field of the question asks of it is read once. */
function once<Answer>(
  directory: Directory,
  context: Context,
  info: GraphQLResolveInfo,
  read: (directory: Directory) => Promise<Answer>,
  what = 'all',
): Promise<Answer> {
  return context
    .loaders(directory)
    .ofField(
      info,
      what,
      directory.tenantId,
      async () => new Map([[directory.tenantId, await read(directory)]]),
    );
}

function listed<Row>(
  directory: Directory,
  context: Context,
  info: GraphQLResolveInfo,
  page: (directory: Directory) => Promise<Page<Row>>,
  count: (directory: Directory) => Promise<number>,
): LazyConnection<Row> {
  return new LazyConnection(
    () => once(directory, context, info, page, 'page'),
    () => once(directory, context, info, count, 'count'),
  );
}
