import { Field, ObjectType } from 'type-graphql';
import { Team } from './team.ts';
import { nullable, Payload, RESULT } from '../schema/payload.ts';

@ObjectType(RESULT)
export class TeamPayload extends Payload {
  @Field(() => Team, nullable('Team.')) team!: object | null;
}
