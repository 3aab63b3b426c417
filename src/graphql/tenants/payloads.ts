import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { Tenant } from './tenant.ts';

@ObjectType(RESULT)
export class TenantPayload extends Payload {
  @Field(() => Tenant, nullable('The tenant as the mutation left it; null when nothing was done.'))
  tenant!: object | null;
}
