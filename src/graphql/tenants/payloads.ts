import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { Tenant } from './tenant.ts';

@ObjectType(RESULT)
export class TenantPayload extends Payload {
  @Field(() => Tenant, nullable('Tenant.')) tenant!: object | null;
}
