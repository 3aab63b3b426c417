import { Field, ObjectType } from 'type-graphql';
import { Url } from './scalars.ts';
import { ApiToken } from '../tokens/credential.ts';
import { ChangePlan } from './change-plan.ts';
import { ConflictCase } from '../conflicts/conflict-case.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { Member } from '../members/member.ts';
import { Role, RoleMapping } from '../roles/role.ts';
import { Team } from '../teams/team.ts';
import { Tenant } from '../tenants/tenant.ts';
import { UserError } from './user-errors.ts';

const RESULT = { simpleResolvers: true, description: 'Result.' };
const SECRET = { simpleResolvers: true, description: 'Result; the secret is shown only here.' };
const maybe = (description: string) => ({ nullable: true, description });

@ObjectType()
abstract class Result {
  @Field(() => [UserError], { description: 'Errors.' }) userErrors!: UserError[];
}

@ObjectType()
abstract class Plannable extends Result {
  @Field(() => ChangePlan, maybe('Plan of a dry run.')) plan!: object | null;
}

@ObjectType(RESULT)
export class MemberInvitePayload extends Plannable {
  @Field(() => Member, maybe('Member.')) member!: object | null;
}
@ObjectType(RESULT)
export class MemberPayload extends Plannable {
  @Field(() => Member, maybe('Member.')) member!: object | null;
}
@ObjectType(RESULT)
export class MembersPayload extends Plannable {
  @Field(() => [Member], maybe('Members.')) members!: object[] | null;
}
@ObjectType(RESULT)
export class TeamPayload extends Plannable {
  @Field(() => Team, maybe('Team.')) team!: object | null;
}
@ObjectType(RESULT)
export class RolePayload extends Plannable {
  @Field(() => Role, maybe('Role.')) role!: object | null;
}
@ObjectType(RESULT)
export class RoleMappingsPayload extends Plannable {
  @Field(() => [RoleMapping], maybe('Mappings.')) mappings!: object[] | null;
}
@ObjectType(RESULT)
export class TenantPayload extends Plannable {
  @Field(() => Tenant, maybe('Tenant.')) tenant!: object | null;
}
@ObjectType(RESULT)
export class IdentityProviderPayload extends Plannable {
  @Field(() => IdentityProvider, maybe('Provider.')) identityProvider!: object | null;
}
@ObjectType(RESULT)
export class ConflictPayload extends Plannable {
  @Field(() => [ConflictCase], maybe('Cases.')) cases!: object[] | null;
}
@ObjectType(RESULT)
export class TokenPayload extends Plannable {
  @Field(() => ApiToken, maybe('Token.')) token!: object | null;
}

@ObjectType(SECRET)
export class TokenSecretPayload extends Plannable {
  @Field(() => ApiToken, maybe('Token.')) token!: object | null;
  @Field(() => String, maybe('Secret, once.')) secret!: string | null;
}

@ObjectType(SECRET)
export class IdentityProviderSecretPayload extends Plannable {
  @Field(() => IdentityProvider, maybe('Provider.')) identityProvider!: object | null;
  @Field(() => Url, maybe('Tenant URL.')) tenantUrl!: string | null;
  @Field(() => String, maybe('Secret token, once.')) secretToken!: string | null;
}
