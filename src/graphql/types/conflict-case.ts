import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import {
  CONFLICT_CHOICES,
  type ConflictCaseRow,
  type ConflictChoice,
  type ProviderRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { DateTime, Json } from '../scalars.ts';
import * as words from './enums.ts';
import { IdentityProvider } from './identity-provider.ts';
import { Node } from './node.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A clash that needs a person or a rule.',
})
export class ConflictCase implements Pick<
  ConflictCaseRow,
  'id' | 'kind' | 'sent' | 'openedAt' | 'attempts'
> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Kind.' }) kind!: ConflictCaseRow['kind'];
  @Field(() => Json, { description: 'What was sent.' }) sent!: Record<string, unknown>;
  @Field(() => DateTime, { description: 'Opened.' }) openedAt!: Date;
  @Field(() => Int, { description: 'How many times refused.' }) attempts!: number;
}

@Resolver(() => ConflictCase)
export class ConflictCaseFields {
  @FieldResolver(() => IdentityProvider, { description: 'Provider.' })
  identityProvider(
    @Root() { tenantId, providerId }: ConflictCaseRow,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => [Node], { description: 'Candidates here, members or teams.' })
  async candidates(
    @Root() { tenantId, kind, candidateId }: ConflictCaseRow,
    @Ctx() context: Context,
  ): Promise<object[]> {
    const candidate = await context
      .loaders(context.at(tenantId))
      .nodeOf(kind === 'member' ? 'Member' : 'Team', candidateId);
    return candidate ? [candidate] : [];
  }

  /** A settled case leaves nothing to choose. */
  @FieldResolver(() => [words.ConflictChoice], { description: 'Choices.' })
  choices(@Root() { settledAt }: ConflictCaseRow): readonly ConflictChoice[] {
    return settledAt === null ? CONFLICT_CHOICES : [];
  }
}
