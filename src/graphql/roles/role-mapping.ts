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
  @Field(() => ID, {
    description: 'Id of the mapping; stays while the same team or value is mapped.',
  })
  id!: string;
  @Field(() => String, {
    nullable: true,
    description: 'The role value that a provider pushes in `roles`; null when a team is mapped.',
  })
  pushedRole!: string | null;
  @Field(() => Int, { description: 'Place in the order, from 1; the lowest wins.' })
  position!: number;
}

@Resolver(() => RoleMapping)
export class RoleMappingFields {
  @FieldResolver(() => Team, {
    nullable: true,
    description: 'The team whose members get the role; null when a pushed value is mapped.',
  })
  team(
    @Root() { tenantId, teamId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<TeamRow | null> | null {
    return teamId === null ? null : context.loaders(context.at(tenantId)).load('team', teamId);
  }

  @FieldResolver(() => Role, { description: 'The role that is given.' })
  role(
    @Root() { tenantId, roleId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<RoleRow | null> {
    return context.loaders(context.at(tenantId)).load('roleSpokenOf', roleId);
  }
}
