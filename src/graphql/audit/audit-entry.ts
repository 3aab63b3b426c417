import { Ctx, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type {
  AttributeChange as ChangeFacts,
  AuditEntryRow,
  Outcome,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Entry, Exchange } from '../loaders/with-tenant.ts';
import { AttributeChange } from '../schema/change-plan.ts';
import * as words from '../schema/enums.ts';
import { Node } from '../schema/node.ts';
import { DateTime } from '../schema/scalars.ts';
import { ScimRequest } from '../scim-requests/scim-request.ts';
import { Actor, actorOf } from './actor.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One thing that happened.' })
export class AuditEntry implements Pick<
  AuditEntryRow,
  'id' | 'at' | 'action' | 'subjectName' | 'outcome' | 'changes' | 'correlationId' | 'requestId'
> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => DateTime, { description: 'At.' }) at!: Date;
  @Field(() => String, { description: 'Action, noun.verb.' }) action!: string;
  @Field(() => String, { description: 'Name of the subject then.' }) subjectName!: string;
  @Field(() => words.Outcome, { description: 'Outcome.' }) outcome!: Outcome;
  @Field(() => [AttributeChange], { description: 'Before and after.' }) changes!: ChangeFacts[];
  @Field(() => String, { description: 'Ties all entries of one call.' }) correlationId!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'The X-Request-Id that the caller sent with the call; null when none was sent. Another caller may have sent the same.',
  })
  requestId!: string | null;
}

@Resolver(() => AuditEntry)
export class AuditEntryFields {
  @FieldResolver(() => Actor, { description: 'Actor.' })
  actor(@Root() { tenantId, actor }: Entry, @Ctx() context: Context): Promise<object> {
    return actorOf(actor, context.loaders(context.at(tenantId)));
  }

  @FieldResolver(() => Node, { nullable: true, description: 'Subject.' })
  subject(
    @Root() { tenantId, subjectType, subjectId }: Entry,
    @Ctx() context: Context,
  ): Promise<object | null> | null {
    return subjectId === null
      ? null
      : context.loaders(context.at(tenantId)).nodeOf(subjectType, subjectId);
  }

  @FieldResolver(() => ScimRequest, { nullable: true, description: 'Request.' })
  request(
    @Root() { tenantId, exchangeId }: Entry,
    @Ctx() context: Context,
  ): Promise<Exchange | null> | null {
    return exchangeId === null
      ? null
      : context.loaders(context.at(tenantId)).load('exchange', exchangeId);
  }
}
