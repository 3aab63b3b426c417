import { Field, Int, ObjectType } from 'type-graphql';
import type { CredentialFacts } from '../../directory/index.ts';
import type { CostFacts } from '../context.ts';
import { DateTime } from '../schema/scalars.ts';
import * as words from '../tokens/enums.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'The credential in use, as far as it may be shown.',
})
export class CredentialInfo implements Pick<CredentialFacts, 'lastFour' | 'expiresAt'> {
  @Field(() => words.CredentialKind, { description: 'Whom it acts for and what it opens.' })
  kind!: words.CredentialWord;
  @Field(() => String, {
    nullable: true,
    description: 'Last four characters of the secret; null for a session.',
  })
  lastFour!: string | null;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it stops working; null when it does not expire.',
  })
  expiresAt!: Date | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The budget of points that all credentials of one person, or one service, share ' +
    'in this process.',
})
export class RateLimit implements CostFacts {
  @Field(() => Int, { description: 'Points that can be spent in a window of one minute.' })
  limit!: number;
  @Field(() => Int, { description: 'Points that are left in this window.' }) remaining!: number;
  @Field(() => Int, {
    description: 'Points that this operation costs: one for every hundred objects it could answer.',
  })
  cost!: number;
  @Field(() => DateTime, { description: 'When the window ends and the budget is full again.' })
  resetAt!: Date;
}

/**
 * A sign-in at an OpenID provider has no credential here: a session. A provider's secret is never
 * accepted by GraphQL.
 */
export function credentialInfoOf(credential: CredentialFacts | null): CredentialInfo {
  const { kind = 'SESSION', lastFour = null, expiresAt = null } = credential ?? {};
  return { kind: kind === 'PROVIDER' ? 'SCIM' : kind, lastFour, expiresAt };
}
