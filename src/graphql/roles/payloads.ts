import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { RoleMapping } from './role-mapping.ts';
import { Role } from './role.ts';

@ObjectType(RESULT)
export class RolePayload extends Payload {
  @Field(() => Role, nullable('Role.')) role!: object | null;
}

@ObjectType(RESULT)
export class RoleMappingsPayload extends Payload {
  @Field(() => [RoleMapping], nullable('Mappings.')) mappings!: object[] | null;
}
