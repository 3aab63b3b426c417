import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT, RESULT_WITH_SECRET } from '../schema/payload.ts';
import { ApiToken } from './api-token.ts';

@ObjectType(RESULT)
export class TokenPayload extends Payload {
  @Field(() => ApiToken, nullable('The token as the mutation left it; null when nothing was done.'))
  token!: object | null;
}

@ObjectType(RESULT_WITH_SECRET)
export class TokenSecretPayload extends Payload {
  @Field(() => ApiToken, nullable('The new token; null when nothing was done.')) token!:
    object | null;
  @Field(() => String, nullable('The secret, shown only here; null when nothing was done.'))
  secret!: string | null;
}
