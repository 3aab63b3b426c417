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
  type MemberRow,
  type MembershipRow,
  type Origin,
  type RoleMappingRow,
  type TeamRow,
  type TenantRow,
  versionOf,
} from '../../directory/index.ts';
import { isSelected } from '../schema/is-selected.ts';
import type { Context } from '../context.ts';
import { DateTime } from '../schema/scalars.ts';
import { LazyConnection } from '../schema/connection.ts';
import { TeamMembershipConnection } from '../schema/connections.ts';
import * as words from '../schema/enums.ts';
import { memberCondition } from '../schema/filters.ts';
import { Member } from '../members/member.ts';
import { Node, Provenanced } from '../schema/node.ts';
import { MembersOfTeamArgs, pageRequest } from '../schema/page-args.ts';
import { Provenance } from '../identity-providers/provenance.ts';
import { RoleMapping } from '../roles/role.ts';
import { Tenant } from '../tenants/tenant.ts';

@ObjectType({
  implements: [Node, Provenanced],
  simpleResolvers: true,
  description: 'A group of members.',
})
export class Team implements Pick<TeamRow, 'id' | 'name' | 'createdAt' | 'updatedAt'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
  @Field(() => DateTime, { description: 'Created.' }) createdAt!: Date;
  @Field(() => DateTime, { description: 'Last changed.' }) updatedAt!: Date;
}

@Resolver(() => Team)
export class TeamFields {
  @FieldResolver(() => Tenant, { description: 'Tenant.' })
  tenant(@Root() { tenantId }: TeamRow, @Ctx() context: Context): Promise<TenantRow | null> {
    return context.loaders(context.at(tenantId)).load('tenant', tenantId);
  }

  @FieldResolver(() => Provenance, { description: 'Origin and ownership.' })
  provenance(@Root() team: TeamRow, @Ctx() context: Context): Provenance {
    return new Provenance(team, context.loaders(context.at(team.tenantId)));
  }

  @FieldResolver(() => TeamMembershipConnection, { description: 'Members.' })
  members(
    @Root() { tenantId, id }: TeamRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => MembersOfTeamArgs) args: MembersOfTeamArgs,
  ): LazyConnection<MembershipRow> {
    const directory = context.at(tenantId);
    const loaders = context.loaders(directory);
    const where = () => (args.filter ? memberCondition(args.filter) : undefined);
    return new LazyConnection(
      () =>
        loaders.ofField(info, 'page', id, async ids => {
          const pages = await directory.teams.memberships(ids, {
            ...pageRequest(args),
            where: where(),
          });
          if (isSelected(info, 'member'))
            await loaders.prefetch(
              'member',
              [...pages.values()].flatMap(({ items }) => items.map(({ row }) => row.memberId)),
            );
          return pages;
        }),
      () => loaders.ofField(info, 'count', id, ids => directory.teams.countMembers(ids, where())),
    );
  }

  @FieldResolver(() => RoleMapping, { nullable: true, description: 'Role mapped to this team.' })
  mappedRole(
    @Root() { tenantId, id }: TeamRow,
    @Ctx() context: Context,
  ): Promise<RoleMappingRow | null> {
    return context.loaders(context.at(tenantId)).load('mappingOfTeam', id);
  }

  @FieldResolver(() => String, { description: 'Version.' })
  version(@Root() team: TeamRow): string {
    return versionOf(team);
  }
}

@ObjectType({ simpleResolvers: true, description: 'One person in one team, with its own origin.' })
export class TeamMembership implements Pick<MembershipRow, 'origin' | 'since'> {
  @Field(() => words.Origin, { description: 'Who put the member there.' }) origin!: Origin;
  @Field(() => DateTime, { description: 'Since.' }) since!: Date;
}

@Resolver(() => TeamMembership)
export class TeamMembershipFields {
  @FieldResolver(() => Member, { description: 'Member.' })
  member(
    @Root() { tenantId, memberId }: MembershipRow,
    @Ctx() context: Context,
  ): MemberRow | null | Promise<MemberRow | null> {
    return context.loaders(context.at(tenantId)).loadCached('member', memberId);
  }

  @FieldResolver(() => Team, { description: 'Team.' })
  team(
    @Root() { tenantId, teamId }: MembershipRow,
    @Ctx() context: Context,
  ): TeamRow | null | Promise<TeamRow | null> {
    return context.loaders(context.at(tenantId)).loadCached('team', teamId);
  }
}
