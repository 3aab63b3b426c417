import { Field, ObjectType } from 'type-graphql';
import { Role, RoleMapping } from './role.ts';
import { nullable, Payload, RESULT } from '../schema/payload.ts';

@ObjectType(RESULT)
export class RolePayload extends Payload {
  @Field(() => Role, nullable('Role.')) role!: object | null;
}

@ObjectType(RESULT)
export class RoleMappingsPayload extends Payload {
  @Field(() => [RoleMapping], nullable('Mappings.')) mappings!: object[] | null;
}
