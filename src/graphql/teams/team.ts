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
  description: 'A named group of members.',
})
export class Team implements Pick<TeamRow, 'id' | 'name' | 'createdAt' | 'updatedAt'> {
  @Field(() => ID, {
    description: "Id of the team; also the SCIM id of the group at its provider's endpoint.",
  })
  id!: string;
  @Field(() => String, { description: 'Name, unique in the tenant whatever its case.' })
  name!: string;
  @Field(() => DateTime, { description: 'When the team was made here.' }) createdAt!: Date;
  @Field(() => DateTime, { description: 'When the team or its membership was last changed.' })
  updatedAt!: Date;
}

@Resolver(() => Team)
export class TeamFields {
  @FieldResolver(() => Tenant, { description: 'The tenant that the team belongs to.' })
  tenant(@Root() { tenantId }: TeamRow, @Ctx() context: Context): Promise<TenantRow | null> {
    return context.loaders(context.at(tenantId)).load('tenant', tenantId);
  }

  @FieldResolver(() => Provenance, {
    description: 'Where the team came from and which provider owns it now.',
  })
  provenance(@Root() team: TeamRow, @Ctx() context: Context): Provenance {
    return new Provenance(team, context.loaders(context.at(team.tenantId)));
  }

  @FieldResolver(() => TeamMembershipConnection, {
    description: 'Memberships of this team, of members that are not deleted.',
  })
  members(
    @Root() team: TeamRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => MembersOfTeamArgs) args: MembersOfTeamArgs,
  ): LazyConnection<MembershipRow> {
    return membersOfTeam(team, context, info, args);
  }

  @FieldResolver(() => RoleMapping, {
    nullable: true,
    description: 'The mapping that gives a role to its members; null when there is none.',
  })
  mappedRole(
    @Root() { tenantId, id }: TeamRow,
    @Ctx() context: Context,
  ): Promise<RoleMappingRow | null> {
    return context.loaders(context.at(tenantId)).load('mappingOfTeam', id);
  }

  @FieldResolver(() => String, {
    description:
      'Changes with every change of the team; hand it back as `expectedVersion`. Also ' +
      'the SCIM ETag.',
  })
  version(@Root() team: TeamRow): string {
    return versionOf(team);
  }
}
