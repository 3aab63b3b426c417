import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Permission, RoleRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import * as words from '../schema/enums.ts';
import { Node } from '../schema/node.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An access level.' })
export class Role implements Pick<RoleRow, 'id' | 'name' | 'permissions' | 'rank'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
  @Field(() => [words.Permission], { description: 'Permissions.' }) permissions!: Permission[];
  @Field(() => Int, { description: 'Precedence, 1 is strongest.' }) rank!: number;
}

@Resolver(() => Role)
export class RoleFields {
  @FieldResolver(() => Int, { description: 'How many hold it.' })
  memberCount(@Root() { tenantId, id }: RoleRow, @Ctx() context: Context): Promise<number | null> {
    return context.loaders(context.at(tenantId)).load('holders', id);
  }
}
