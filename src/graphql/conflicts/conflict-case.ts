import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import {
  choicesFor,
  type ConflictCaseRow,
  type ConflictChoice,
  type ProviderRow,
  requireActivity,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { connectionOf } from '../schema/connection.ts';
import { Node } from '../schema/node.ts';
import { DateTime, Json } from '../schema/scalars.ts';
import * as conflictWords from './enums.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A provider asked for a name that another object holds, and a person must ' +
    'decide. Retries of the provider attach to the open case.',
})
export class ConflictCase implements Pick<
  ConflictCaseRow,
  'id' | 'kind' | 'openedAt' | 'attempts'
> {
  @Field(() => ID, { description: 'Id of the case.' }) id!: string;
  @Field(() => String, { description: 'What the provider asked for: `member` or `team`.' })
  kind!: ConflictCaseRow['kind'];
  @Field(() => DateTime, { description: 'When the provider asked for the first time.' })
  openedAt!: Date;
  @Field(() => Int, { description: 'How many times the provider asked and was refused.' })
  attempts!: number;
}

/** The provider that the candidate of a case is linked to. */
export async function holderOf(
  loaders: Loaders,
  { kind, candidateId }: Pick<ConflictCaseRow, 'kind' | 'candidateId'>,
): Promise<string | null> {
  const candidate = await loaders.load(kind, candidateId);
  return candidate?.providerId ?? null;
}

@Resolver(() => ConflictCase)
export class ConflictCaseFields {
  @FieldResolver(() => Json, {
    description:
      'What the provider sent last, as SCIM attributes. Needs AUDIT_READ or ' +
      'PROVISIONING_ADMIN.',
  })
  sent(
    @Root() { tenantId, sent }: ConflictCaseRow,
    @Ctx() context: Context,
  ): Record<string, unknown> {
    requireActivity(context.at(tenantId), ['PROVISIONING_ADMIN']);
    return sent;
  }

  @FieldResolver(() => IdentityProvider, { description: 'The provider that asked.' })
  identityProvider(
    @Root() { tenantId, providerId }: ConflictCaseRow,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => [Node], {
    description: 'The member or team here that holds the name; empty when it is gone.',
  })
  async candidates(
    @Root() { tenantId, kind, candidateId }: ConflictCaseRow,
    @Ctx() context: Context,
  ): Promise<object[]> {
    const candidate = await context
      .loaders(context.at(tenantId))
      .nodeOf(kind === 'member' ? 'Member' : 'Team', candidateId);
    return candidate ? [candidate] : [];
  }

  /** A resolved case has no choices left. */
  @FieldResolver(() => [conflictWords.ConflictChoice], {
    description:
      'What can be chosen as the candidate stands now: what another provider manages ' +
      'can only be rejected, and moved (LINK_*) once that provider is off. Empty when ' +
      'settled.',
  })
  async choices(
    @Root() conflict: ConflictCaseRow,
    @Ctx() context: Context,
  ): Promise<readonly ConflictChoice[]> {
    if (conflict.settledAt !== null) return [];
    const loaders = context.loaders(context.at(conflict.tenantId));
    const providerId = await holderOf(loaders, conflict);
    return choicesFor(providerId === null ? null : await loaders.load('provider', providerId));
  }
}

export const ConflictCaseConnection = connectionOf(
  'ConflictCase',
  'A page of conflict cases.',
  () => ConflictCase,
);
