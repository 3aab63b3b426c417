import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { ConflictCase } from './conflict-case.ts';

@ObjectType(RESULT)
export class ConflictPayload extends Payload {
  @Field(() => [ConflictCase], nullable('The resolved cases; null when nothing was done.')) cases!:
    object[] | null;
}
