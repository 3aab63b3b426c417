import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import {
  type Actor,
  type MemberRow,
  type Permission,
  PERMISSIONS,
  type TenantRow,
} from '../../directory/index.ts';
import type { Context, CostFacts } from '../context.ts';
import { Member } from '../members/member.ts';
import { LazyConnection } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { TenantConnection } from '../tenants/tenant.ts';
import { CredentialInfo, credentialInfoOf, RateLimit } from './credential.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'The caller: a person, or a token acting for one.',
})
export class Viewer {
  @Field(() => Member, {
    nullable: true,
    description: 'The member behind the credential, when there is one.',
  })
  member?: Member;
}

@Resolver(() => Viewer)
export class ViewerFields {
  @Query(() => Viewer, { description: 'Who is asking, and with what.' })
  viewer(@Ctx() { actor }: Context): Actor {
    return actor;
  }

  @FieldResolver(() => Member, {
    nullable: true,
    description: 'The member behind the credential, when there is one.',
  })
  member(@Root() { record }: Actor, @Ctx() context: Context): Promise<MemberRow | null> | null {
    return record.memberId === undefined ? null : context.loaders().load('member', record.memberId);
  }

  @FieldResolver(() => TenantConnection, {
    description:
      'Tenants that the caller may enter: the own one, and its children with TENANT_ADMIN.',
  })
  tenants(
    @Ctx() { directory }: Context,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): LazyConnection<TenantRow> {
    return new LazyConnection(
      () => directory.tenants.enterable(pageRequest(args)),
      () => directory.tenants.countEnterable(),
    );
  }

  @FieldResolver(() => [words.Permission], {
    description: "What the caller may do in the credential's tenant.",
  })
  permissions(@Root() actor: Actor): Permission[] {
    return PERMISSIONS.filter(permission => actor.may(permission));
  }

  @FieldResolver(() => CredentialInfo, {
    description: 'The credential that this request came with.',
  })
  credential(@Root() actor: Actor): CredentialInfo {
    return credentialInfoOf(actor.credential);
  }

  @FieldResolver(() => RateLimit, {
    description:
      'Cost budget of the credential; with dryRun the rest of the operation is priced ' +
      'and not run.',
  })
  rateLimit(
    @Ctx() { cost }: Context,
    @Arg('dryRun', () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: 'Only say the price of the operation; nothing else of it runs.',
    })
    _dryRun?: boolean | null,
  ): CostFacts {
    return cost;
  }
}
