import { Field, Int, ObjectType } from 'type-graphql';
import type { CredentialFacts } from '../../directory/index.ts';
import type { CostFacts } from '../context.ts';
import { DateTime } from '../schema/scalars.ts';
import * as words from '../tokens/enums.ts';

@ObjectType({ simpleResolvers: true, description: 'Credential facts, never the secret.' })
export class CredentialInfo implements Pick<CredentialFacts, 'lastFour' | 'expiresAt'> {
  @Field(() => words.CredentialKind, { description: 'Kind.' }) kind!: words.CredentialWord;
  @Field(() => String, { nullable: true, description: 'Last four characters.' }) lastFour!:
    string | null;
  @Field(() => DateTime, { nullable: true, description: 'Expiry.' }) expiresAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'Query budget.' })
export class RateLimit implements CostFacts {
  @Field(() => Int, { description: 'Points per window.' }) limit!: number;
  @Field(() => Int, { description: 'Points left.' }) remaining!: number;
  @Field(() => Int, { description: 'Points this operation cost.' }) cost!: number;
  @Field(() => DateTime, { description: 'End of the window.' }) resetAt!: Date;
}

/** Whoever signed in elsewhere has a session and no credential of ours. A provider's secret never gets this far. */
export function credentialInfoOf(credential: CredentialFacts | null): CredentialInfo {
  const { kind = 'SESSION', lastFour = null, expiresAt = null } = credential ?? {};
  return { kind: kind === 'PROVIDER' ? 'SCIM' : kind, lastFour, expiresAt };
}
