import { Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import { driftOf, type LinkKey, mayReadActivity, type ProviderRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { Node } from '../schema/node.ts';
import { DateTime, Json } from '../schema/scalars.ts';
import { IdentityProvider } from './identity-provider.ts';
import type { LinkSource } from './link.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'One attribute whose value here is not the one that the provider sent last.',
})
export class AttributeDrift {
  @Field(() => String, { description: 'Name of the attribute.' }) name!: string;
  @Field(() => Json, {
    nullable: true,
    description: 'The value in this directory; null when there is none.',
  })
  here!: unknown;
  @Field(() => Json, { nullable: true, description: 'The value that the provider sent last.' })
  there!: unknown;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Link between a member or team and its account at a provider.',
})
export class ProviderLink implements Pick<LinkSource, 'id' | 'externalId'> {
  @Field(() => ID, {
    description: 'Id of the link; another one after the member or team is linked anew.',
  })
  id!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Identifier of the account at the provider; null when the provider sent none.',
  })
  externalId!: string | null;
}

@Resolver(() => ProviderLink)
export class ProviderLinkFields {
  @FieldResolver(() => IdentityProvider, { description: 'The provider that has the account.' })
  identityProvider(
    @Root() { holder, providerId }: LinkSource,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(holder.tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When the provider last made or changed this member or team. Null when it never ' +
      'did: the link was made by a person, and nothing was pushed since. What it only ' +
      'read, or said again, does not count. Of others it is told with AUDIT_READ or ' +
      'PROVISIONING_ADMIN only.',
  })
  lastSeenAt(
    @Root() { holder, providerId }: LinkSource,
    @Ctx() context: Context,
  ): Promise<Date | null> | null {
    const directory = context.at(holder.tenantId);
    if (!mayReadActivity(directory, ['PROVISIONING_ADMIN'], holder.id)) return null;
    const key: LinkKey = `${holder.id} ${providerId}`;
    return context.loaders(directory).load('lastHeard', key);
  }

  @FieldResolver(() => [AttributeDrift], {
    description:
      'Attributes of a member that differ from what the provider sent last; always ' +
      'empty for a team.',
  })
  drift(@Root() { holder }: LinkSource): AttributeDrift[] {
    return 'profile' in holder ? driftOf(holder) : [];
  }
}
