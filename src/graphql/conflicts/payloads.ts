import { Field, ObjectType } from 'type-graphql';
import { ConflictCase } from './conflict-case.ts';
import { nullable, Payload, RESULT } from '../schema/payload.ts';

@ObjectType(RESULT)
export class ConflictPayload extends Payload {
  @Field(() => [ConflictCase], nullable('Cases.')) cases!: object[] | null;
}
