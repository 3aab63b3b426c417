import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { Member } from './member.ts';

@ObjectType(RESULT)
export class MemberInvitePayload extends Payload {
  @Field(() => Member, nullable('Member.')) member!: object | null;
}

@ObjectType(RESULT)
export class MemberPayload extends Payload {
  @Field(() => Member, nullable('Member.')) member!: object | null;
}

@ObjectType(RESULT)
export class MembersPayload extends Payload {
  @Field(() => [Member], nullable('Members.')) members!: object[] | null;
}
