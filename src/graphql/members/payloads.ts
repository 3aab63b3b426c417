import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { Member } from './member.ts';

@ObjectType(RESULT)
export class MemberInvitePayload extends Payload {
  @Field(() => Member, nullable('The invited member; null when nothing was done.')) member!:
    object | null;
}

@ObjectType(RESULT)
export class MemberPayload extends Payload {
  @Field(() => Member, nullable('The member as the mutation left it; null when nothing was done.'))
  member!: object | null;
}

@ObjectType(RESULT)
export class MembersPayload extends Payload {
  @Field(
    () => [Member],
    nullable('The members as the mutation left them; null when nothing was done.'),
  )
  members!: object[] | null;
}
