import { Field, ObjectType } from 'type-graphql';
import { nullable, Payload, RESULT } from '../schema/payload.ts';
import { RoleMapping } from './role-mapping.ts';
import { Role } from './role.ts';

@ObjectType(RESULT)
export class RolePayload extends Payload {
  @Field(() => Role, nullable('The role as the mutation left it; null when nothing was done.'))
  role!: object | null;
}

@ObjectType(RESULT)
export class RoleMappingsPayload extends Payload {
  @Field(
    () => [RoleMapping],
    nullable('All mappings in order, after the change; null when nothing was done.'),
  )
  mappings!: object[] | null;
}
