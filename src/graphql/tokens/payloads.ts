import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT, RESULT_WITH_SECRET } from '../schema/payload.ts';
import { ApiToken } from './api-token.ts';

@ObjectType(RESULT)
export class TokenPayload extends Payload {
  @Field(() => ApiToken, nullable('Token.')) token!: object | null;
}

@ObjectType(RESULT_WITH_SECRET)
export class TokenSecretPayload extends Payload {
  @Field(() => ApiToken, nullable('Token.')) token!: object | null;
  @Field(() => String, nullable('Secret, once.')) secret!: string | null;
}
