import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Permission, RoleRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import * as words from '../schema/enums.ts';
import { Node } from '../schema/node.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'An access level: a named set of permissions.',
})
export class Role implements Pick<RoleRow, 'id' | 'name' | 'permissions' | 'rank'> {
  @Field(() => ID, { description: 'Id of the role.' }) id!: string;
  @Field(() => String, { description: 'Name, unique in the tenant whatever its case.' })
  name!: string;
  @Field(() => [words.Permission], { description: 'What members with this role may do.' })
  permissions!: Permission[];
  @Field(() => Int, { description: 'Precedence among roles; 1 is the strongest.' }) rank!: number;
}

@Resolver(() => Role)
export class RoleFields {
  @FieldResolver(() => Int, {
    description: 'How many members hold it now, deleted ones not counted.',
  })
  memberCount(@Root() { tenantId, id }: RoleRow, @Ctx() context: Context): Promise<number | null> {
    return context.loaders(context.at(tenantId)).load('holders', id);
  }
}
