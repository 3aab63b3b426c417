import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { Team } from './team.ts';

@ObjectType(RESULT)
export class TeamPayload extends Payload {
  @Field(() => Team, nullable('The team as the mutation left it; null when nothing was done.'))
  team!: object | null;
}
