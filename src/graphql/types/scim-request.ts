import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { ExchangeRow, ProviderRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Entry, Exchange } from '../loaders.ts';
import { DateTime, Json } from '../scalars.ts';
import { AuditEntry } from './audit-entry.ts';
import { IdentityProvider } from './identity-provider.ts';
import { Node } from './node.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One SCIM exchange.' })
export class ScimRequest implements Pick<
  ExchangeRow,
  'id' | 'method' | 'path' | 'status' | 'at' | 'durationMs' | 'explanation' | 'repairs'
> {
  @Field(() => ID, { description: "Id, also in the answer's header." }) id!: string;
  @Field(() => String, { description: 'Method.' }) method!: string;
  @Field(() => String, { description: 'Path.' }) path!: string;
  @Field(() => Int, { description: 'Status.' }) status!: number;
  @Field(() => DateTime, { description: 'At.' }) at!: Date;
  @Field(() => Int, { description: 'Took.' }) durationMs!: number;
  @Field(() => String, {
    description: 'Sentence for a person: what the sender wanted, what we did, why.',
  })
  explanation!: string;
  @Field(() => [String], { description: 'Quirk repairs applied.' }) repairs!: string[];
}

@Resolver(() => ScimRequest)
export class ScimRequestFields {
  @FieldResolver(() => IdentityProvider, { description: 'Provider.' })
  identityProvider(
    @Root() { tenantId, providerId }: Exchange,
    @Ctx() context: Context,
  ): Promise<ProviderRow | null> {
    return context.loaders(context.at(tenantId)).load('provider', providerId);
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Request body, secrets removed.' })
  async requestBody(@Root() { tenantId, id }: Exchange, @Ctx() context: Context): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.requestBody ?? null
    );
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Answer.' })
  async responseBody(
    @Root() { tenantId, id }: Exchange,
    @Ctx() context: Context,
  ): Promise<unknown> {
    return (
      (await context.loaders(context.at(tenantId)).load('exchangeBodies', id))?.responseBody ?? null
    );
  }

  @FieldResolver(() => [AuditEntry], { description: 'Changes it made.' })
  changes(@Root() { tenantId, id }: Exchange, @Ctx() context: Context): Promise<Entry[]> {
    return context.loaders(context.at(tenantId)).load('changesOfExchange', id);
  }
}
