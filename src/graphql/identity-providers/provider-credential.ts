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

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Credential of a provider.' })
export class ProviderCredential implements Pick<
  ProviderCredentialRow,
  'id' | 'lastFour' | 'createdAt' | 'expiresAt' | 'retiring'
> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Last four characters.' }) lastFour!: string;
  @Field(() => DateTime, { description: 'Made.' }) createdAt!: Date;
  @Field(() => DateTime, { nullable: true, description: 'Expiry.' }) expiresAt!: Date | null;
  @Field(() => Boolean, { description: 'Being retired in an overlap.' }) retiring!: boolean;
}

@Resolver(() => ProviderCredential)
export class ProviderCredentialFields {
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'Last used; null when it never was, and for viewers without AUDIT_READ or PROVISIONING_ADMIN.',
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
