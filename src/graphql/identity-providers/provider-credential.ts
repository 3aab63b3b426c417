import { Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import {
  mayReadActivity,
  type ProviderCredentialRow,
  requireActivity,
} from '../../directory/index.ts';
import { Actor, actorOf } from '../audit/actor.ts';
import type { Context } from '../context.ts';
import { Node } from '../schema/node.ts';
import { DateTime } from '../schema/scalars.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A secret of a provider, as far as it may be shown.',
})
export class ProviderCredential implements Pick<
  ProviderCredentialRow,
  'id' | 'lastFour' | 'createdAt' | 'expiresAt' | 'retiring'
> {
  @Field(() => ID, { description: 'Id of the secret, as in the audit log.' }) id!: string;
  @Field(() => String, {
    description: 'Last four characters of the secret, to tell it from others.',
  })
  lastFour!: string;
  @Field(() => DateTime, { description: 'When the secret was made.' }) createdAt!: Date;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When the secret stops working; null when it does not expire.',
  })
  expiresAt!: Date | null;
  @Field(() => Boolean, {
    description: 'Whether a newer secret replaces it and it only works for the rest of an overlap.',
  })
  retiring!: boolean;
}

@Resolver(() => ProviderCredential)
export class ProviderCredentialFields {
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'Last used; null when it never was, and for viewers without AUDIT_READ or ' +
      'PROVISIONING_ADMIN.',
  })
  lastUsedAt(
    @Root() { tenantId, lastUsedAt }: ProviderCredentialRow,
    @Ctx() context: Context,
  ): Date | null {
    return mayReadActivity(context.at(tenantId), ['PROVISIONING_ADMIN']) ? lastUsedAt : null;
  }

  @FieldResolver(() => Actor, {
    description: 'Who made it. Needs AUDIT_READ or PROVISIONING_ADMIN.',
  })
  createdBy(
    @Root() { tenantId, madeBy }: ProviderCredentialRow,
    @Ctx() context: Context,
  ): Promise<object> {
    const directory = context.at(tenantId);
    requireActivity(directory, ['PROVISIONING_ADMIN']);
    return actorOf(madeBy, context.loaders(directory));
  }
}
