import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT, RESULT_WITH_SECRET } from '../schema/payload.ts';
import { Url } from '../schema/scalars.ts';
import { IdentityProvider } from './identity-provider.ts';

@ObjectType(RESULT)
export class IdentityProviderPayload extends Payload {
  @Field(
    () => IdentityProvider,
    nullable('The provider as the mutation left it; null when nothing was done.'),
  )
  identityProvider!: object | null;
}

@ObjectType(RESULT_WITH_SECRET)
export class IdentityProviderSecretPayload extends Payload {
  @Field(
    () => IdentityProvider,
    nullable('The provider as the mutation left it; null when nothing was done.'),
  )
  identityProvider!: object | null;
  @Field(() => Url, nullable('The URL to paste into the provider; null while provisioning is OFF.'))
  tenantUrl!: string | null;
  @Field(() => String, nullable('The new secret, shown only here; null when none was made.'))
  secretToken!: string | null;
}
