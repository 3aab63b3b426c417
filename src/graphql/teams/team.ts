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
  type MembershipRow,
  type RoleMappingRow,
  type TeamRow,
  type TenantRow,
  versionOf,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { Provenance } from '../identity-providers/provenance.ts';
import { RoleMapping } from '../roles/role-mapping.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { Node, Provenanced } from '../schema/node.ts';
import { DateTime } from '../schema/scalars.ts';
import { Tenant } from '../tenants/tenant.ts';
import { membersOfTeam, MembersOfTeamArgs, TeamMembershipConnection } from './membership.ts';

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
    @Root() team: TeamRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => MembersOfTeamArgs) args: MembersOfTeamArgs,
  ): LazyConnection<MembershipRow> {
    return membersOfTeam(team, context, info, args);
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
