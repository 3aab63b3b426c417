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
  description: 'A token for this API or for SCIM, as far as it may be shown.',
})
export class ApiToken implements Omit<ApiTokenRow, 'memberId' | 'tenantId' | 'madeBy'> {
  @Field(() => ID, { description: 'Id of the token, as in the audit log.' }) id!: string;
  @Field(() => String, { description: 'What it is for, in the words of its maker.' }) name!: string;
  @Field(() => tokenWords.CredentialKind, { description: 'Whom it acts for and what it opens.' })
  kind!: ApiTokenRow['kind'];
  @Field(() => [words.Permission], {
    description: 'What it permits at most; what its owner has lost since does not count any more.',
  })
  permissions!: Permission[];
  @Field(() => String, {
    description: 'Last four characters of the secret, to tell it from others.',
  })
  lastFour!: string;
  @Field(() => DateTime, { description: 'When it was made.' }) createdAt!: Date;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it stops working; null when it does not expire.',
  })
  expiresAt!: Date | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, to within a few seconds; null when it never was.',
  })
  lastUsedAt!: Date | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was revoked; null while it is not.',
  })
  revokedAt!: Date | null;
  @Field(() => Boolean, {
    description:
      'Lives on when its maker is gone, and permits what its maker lost since. Only a ' +
      'service token can.',
  })
  outlivesOwner!: boolean;
}

@Resolver(() => ApiToken)
export class ApiTokenFields {
  @FieldResolver(() => Actor, {
    description:
      'Who made it; of a personal or SCIM token the person it acts for. The token ends ' +
      'with them, unless it outlives its owner.',
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
