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

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One change of one object, or one attempt that was refused. Entries are never changed.',
})
export class AuditEntry implements Pick<
  AuditEntryRow,
  'id' | 'at' | 'action' | 'subjectName' | 'outcome' | 'changes' | 'correlationId' | 'requestId'
> {
  @Field(() => ID, {
    description: 'Id of the entry; ids are in the order in which entries were written.',
  })
  id!: string;
  @Field(() => DateTime, { description: 'When the entry was written.' }) at!: Date;
  @Field(() => String, {
    description: 'What was done, as `noun.verb`: `member.created`, `team.updated`.',
  })
  action!: string;
  @Field(() => String, {
    description: 'The name of the subject when it happened; stays when the subject is gone.',
  })
  subjectName!: string;
  @Field(() => words.Outcome, { description: 'Whether it was done, refused or not needed.' })
  outcome!: Outcome;
  @Field(() => [AttributeChange], {
    description:
      'Each changed attribute with its value before and after; of a refusal, the names ' +
      'of what was refused.',
  })
  changes!: ChangeFacts[];
  @Field(() => String, {
    description: 'The same for all entries of one request, and of what followed from it.',
  })
  correlationId!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'The X-Request-Id that the caller sent with the call; null when none was sent. ' +
      'Another caller may have sent the same.',
  })
  requestId!: string | null;
}

@Resolver(() => AuditEntry)
export class AuditEntryFields {
  @FieldResolver(() => Actor, { description: 'Who did it, as far as the viewer may see them.' })
  actor(@Root() { tenantId, actor }: Entry, @Ctx() context: Context): Promise<object> {
    return actorOf(actor, context.loaders(context.at(tenantId)));
  }

  @FieldResolver(() => Node, {
    nullable: true,
    description: 'The object it was done to; null when it is gone or not visible to the viewer.',
  })
  subject(
    @Root() { tenantId, subjectType, subjectId }: Entry,
    @Ctx() context: Context,
  ): Promise<object | null> | null {
    return subjectId === null
      ? null
      : context.loaders(context.at(tenantId)).nodeOf(subjectType, subjectId);
  }

  @FieldResolver(() => ScimRequest, {
    nullable: true,
    description:
      'The SCIM request that caused it; null for other causes, and for viewers who may ' +
      'not read requests.',
  })
  request(
    @Root() { tenantId, exchangeId }: Entry,
    @Ctx() context: Context,
  ): Promise<Exchange | null> | null {
    return exchangeId === null
      ? null
      : context.loaders(context.at(tenantId)).load('exchange', exchangeId);
  }
}
