import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT, RESULT_WITH_SECRET } from '../schema/payload.ts';
import { Url } from '../schema/scalars.ts';
import { IdentityProvider } from './identity-provider.ts';

@ObjectType(RESULT)
export class IdentityProviderPayload extends Payload {
  @Field(() => IdentityProvider, nullable('Provider.')) identityProvider!: object | null;
}

@ObjectType(RESULT_WITH_SECRET)
export class IdentityProviderSecretPayload extends Payload {
  @Field(() => IdentityProvider, nullable('Provider.')) identityProvider!: object | null;
  @Field(() => Url, nullable('Tenant URL.')) tenantUrl!: string | null;
  @Field(() => String, nullable('Secret token, once.')) secretToken!: string | null;
}
