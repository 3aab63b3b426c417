import { Args, Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import {
  allMappings, allRoles, type ApiTokenRow, type AuditEntryRow, countChildren, countJoinableTeams, countMembers, countProviders, countTeams, joinableTeams, type MemberRow,
  pageOfChildren, pageOfMembers, pageOfProviders, pageOfTeams, type ProviderRow, type RoleMappingRow, type RoleRow, type TeamRow, type TenantRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { within } from '../loaders.ts';
import { attentionOf, AttentionItem } from './attention.ts';
import { Listed } from './connection.ts';
import { AuditEntryConnection, IdentityProviderConnection, MemberConnection, TeamConnection, TenantConnection } from './connections.ts';
import { ApiToken } from './credential.ts';
import { auditAsked, memberCondition, memberOrders, teamCondition, teamOrders } from './filters.ts';
import { Node } from './node.ts';
import { AuditLogArgs, ForwardArgs, JoinableArgs, MembersArgs, pageAsked, TeamsArgs } from './page-args.ts';
import { Role, RoleMapping } from './role.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A customer account. A tenant may have child tenants that it provisions into.' })
export class Tenant implements Pick<TenantRow, 'id' | 'name'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
}

/** What is in a tenant is read through its own directory: whoever may not enter it sees its name and nothing else. */
@Resolver(() => Tenant)
export class TenantFields {
  @FieldResolver(() => Tenant, { nullable: true, description: 'Parent, when this is a child.' })
  async parent(@Root() { id, parentId }: TenantRow, @Ctx() context: Context): Promise<TenantRow | null> {
    return parentId === null ? null : context.loaders(await context.enter(id)).load('tenant', parentId);
  }

  @FieldResolver(() => TenantConnection, { description: 'Children.' })
  async children(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => ForwardArgs) args: ForwardArgs): Promise<Listed<TenantRow>> {
    const directory = await context.enter(id);
    return new Listed(() => pageOfChildren(directory, pageAsked(args)), () => countChildren(directory));
  }

  @FieldResolver(() => Role, { description: 'Role given to provisioned members without any mapped team.' })
  async defaultRole(@Root() { id, defaultRoleId }: TenantRow, @Ctx() context: Context): Promise<RoleRow | null> {
    const directory = await context.enter(id);
    return defaultRoleId === null ? null : context.loaders(directory).load('roleSpokenOf', defaultRoleId);
  }

  @FieldResolver(() => MemberConnection, { description: 'Members.' })
  async members(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => MembersArgs) args: MembersArgs): Promise<Listed<MemberRow>> {
    const directory = await context.enter(id);
    const where = args.filter ? memberCondition(args.filter) : undefined;
    return new Listed(
      async () => pageOfMembers(directory, { ...pageAsked(args), where, orderBy: args.orderBy ? memberOrders(args.orderBy) : undefined }),
      async () => countMembers(directory, where),
    );
  }

  @FieldResolver(() => TeamConnection, { description: 'Teams.' })
  async teams(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => TeamsArgs) args: TeamsArgs): Promise<Listed<TeamRow>> {
    const directory = await context.enter(id);
    const where = args.filter ? teamCondition(args.filter) : undefined;
    return new Listed(
      async () => pageOfTeams(directory, { ...pageAsked(args), where, orderBy: args.orderBy ? teamOrders(args.orderBy) : undefined }),
      async () => countTeams(directory, where),
    );
  }

  @FieldResolver(() => TeamConnection, { description: 'Teams a given member may join now: provisioned teams are left out for a manual member, and for an invitation.' })
  async joinableTeams(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => JoinableArgs) args: JoinableArgs): Promise<Listed<TeamRow>> {
    const directory = await context.enter(id);
    return new Listed(() => joinableTeams(directory, args), () => countJoinableTeams(directory, args));
  }

  @FieldResolver(() => [Role], { description: 'Roles, strongest first.' })
  async roles(@Root() { id }: TenantRow, @Ctx() context: Context): Promise<RoleRow[]> {
    return allRoles(await context.enter(id));
  }

  @FieldResolver(() => [RoleMapping], { description: 'Role mappings in order.' })
  async roleMappings(@Root() { id }: TenantRow, @Ctx() context: Context): Promise<RoleMappingRow[]> {
    return allMappings(await context.enter(id));
  }

  @FieldResolver(() => [ApiToken], { description: 'API tokens.' })
  async tokens(@Root() { id }: TenantRow, @Ctx() context: Context): Promise<ApiTokenRow[]> {
    const directory = await context.enter(id);
    await directory.ground.catchUp?.();
    return directory.credentials.tokens();
  }

  @FieldResolver(() => IdentityProviderConnection, { description: 'Identity providers feeding or fed by this tenant.' })
  async identityProviders(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => ForwardArgs) args: ForwardArgs): Promise<Listed<ProviderRow>> {
    const directory = await context.enter(id);
    return new Listed(async () => pageOfProviders(directory, pageAsked(args)), () => countProviders(directory));
  }

  @FieldResolver(() => AuditEntryConnection, { description: 'Activity.' })
  async auditLog(@Root() { id }: TenantRow, @Ctx() context: Context, @Args(() => AuditLogArgs) args: AuditLogArgs): Promise<Listed<AuditEntryRow>> {
    const directory = await context.enter(id);
    const filter = auditAsked(args.filter ?? {});
    return new Listed(async () => {
      const page = await directory.audit.page(filter, pageAsked(args));
      within(directory, page.items.map(item => item.row));
      return page;
    }, async () => directory.audit.count(filter));
  }

  @FieldResolver(() => [AttentionItem], { description: 'What must a person look at now: conflicts, brakes, expiring credentials, silent providers.' })
  async attention(@Root() { id }: TenantRow, @Ctx() context: Context): Promise<AttentionItem[]> {
    const directory = await context.enter(id);
    return attentionOf(directory, context.loaders(directory));
  }
}
