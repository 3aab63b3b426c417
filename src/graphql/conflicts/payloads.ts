import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { ConflictCase } from './conflict-case.ts';

@ObjectType(RESULT)
export class ConflictPayload extends Payload {
  @Field(() => [ConflictCase], nullable('Cases.')) cases!: object[] | null;
}
