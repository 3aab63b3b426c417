import { Field, ObjectType } from 'type-graphql';
import { Tenant } from './tenant.ts';
import { nullable, Payload, RESULT } from '../schema/payload.ts';

@ObjectType(RESULT)
export class TenantPayload extends Payload {
  @Field(() => Tenant, nullable('Tenant.')) tenant!: object | null;
}
