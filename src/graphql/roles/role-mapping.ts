import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { RoleMappingRow, RoleRow, TeamRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { Node } from '../schema/node.ts';
import { Team } from '../teams/team.ts';
import { Role } from './role.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A rule from a team, or from a pushed role value, to a role.',
})
export class RoleMapping implements Pick<RoleMappingRow, 'id' | 'pushedRole' | 'position'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Or a value that a provider pushes in `roles`.',
  })
  pushedRole!: string | null;
  @Field(() => Int, { description: 'Order, lowest wins.' }) position!: number;
}

@Resolver(() => RoleMapping)
export class RoleMappingFields {
  @FieldResolver(() => Team, { nullable: true, description: 'Team whose members get the role.' })
  team(
    @Root() { tenantId, teamId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<TeamRow | null> | null {
    return teamId === null ? null : context.loaders(context.at(tenantId)).load('team', teamId);
  }

  @FieldResolver(() => Role, { description: 'Role.' })
  role(
    @Root() { tenantId, roleId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<RoleRow | null> {
    return context.loaders(context.at(tenantId)).load('roleSpokenOf', roleId);
  }
}
