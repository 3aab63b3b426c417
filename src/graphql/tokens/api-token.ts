import { Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { ApiTokenRow, Permission } from '../../directory/index.ts';
import { Actor, actorOf } from '../audit/actor.ts';
import type { Context } from '../context.ts';
import * as words from '../schema/enums.ts';
import { Node } from '../schema/node.ts';
import { DateTime } from '../schema/scalars.ts';
import * as tokenWords from './enums.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'An API token, never its secret.',
})
export class ApiToken implements Omit<ApiTokenRow, 'memberId' | 'tenantId' | 'madeBy'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
  @Field(() => tokenWords.CredentialKind, { description: 'Kind.' }) kind!: ApiTokenRow['kind'];
  @Field(() => [words.Permission], { description: 'Permissions.' }) permissions!: Permission[];
  @Field(() => String, { description: 'Last four characters.' }) lastFour!: string;
  @Field(() => DateTime, { description: 'Made.' }) createdAt!: Date;
  @Field(() => DateTime, { nullable: true, description: 'Expiry.' }) expiresAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'Last used.' }) lastUsedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'Revoked.' }) revokedAt!: Date | null;
  @Field(() => Boolean, {
    description:
      'Lives on when its maker is gone, and permits what its maker lost since. Only a service token can.',
  })
  outlivesOwner!: boolean;
}

@Resolver(() => ApiToken)
export class ApiTokenFields {
  @FieldResolver(() => Actor, {
    description:
      'Who made it; of a personal or SCIM token the person it acts for. The token ends with them, unless it outlives its owner.',
  })
  owner(
    @Root() { tenantId, memberId, madeBy }: ApiTokenRow,
    @Ctx() context: Context,
  ): Promise<object> {
    const loaders = context.loaders(context.at(tenantId));
    return memberId === null
      ? actorOf(madeBy, loaders)
      : actorOf({ kind: 'member', name: 'A person', memberId }, loaders);
  }
}
