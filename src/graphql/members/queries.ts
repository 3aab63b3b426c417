import type { GraphQLResolveInfo } from 'graphql';
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { handleOf, type MemberRow, type TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { optional } from '../schema/inputs.ts';
import { listOfTenant } from '../schema/lists.ts';
import { pageRequest } from '../schema/page-args.ts';
import { EmailAddress } from '../schema/scalars.ts';
import { Tenant } from '../tenants/tenant.ts';
import { memberCondition, MemberConnection, memberOrders, MembersArgs } from './member-list.ts';
import { Member } from './member.ts';

@ArgsType()
class MemberHandles {
  @Field(() => ID, optional('Id of the member.')) id?: string | null;
  @Field(() => String, optional('User name, whatever its case.')) userName?: string | null;
  @Field(
    () => EmailAddress,
    optional('Address, whatever its case; answers only when exactly one member has it.'),
  )
  email?: string | null;
  @Field(() => String, optional('Identifier of the member at a provider, case included.'))
  externalId?: string | null;
}

/** The ways to a member: by any handle, and in the list of its tenant. */
@Resolver(() => Tenant)
export class MemberQueries {
  @Query(() => Member, {
    nullable: true,
    description:
      'One member by exactly one of these handles; null when there is none, or not ' +
      'exactly one.',
  })
  async member(
    @Ctx() context: Context,
    @Args(() => MemberHandles) handles: MemberHandles,
  ): Promise<MemberRow | null> {
    const handle = handleOf(handles);
    return 'id' in handle
      ? context.loaders().load('member', handle.id)
      : context.directory.members.byHandle(handle);
  }

  @FieldResolver(() => MemberConnection, {
    description:
      'Members of this tenant, in the order of creation unless sorted. Deleted ones ' +
      'are left out unless filtered for.',
  })
  members(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => MembersArgs) args: MembersArgs,
  ): Promise<LazyConnection<MemberRow>> {
    const where = args.filter ? memberCondition(args.filter) : undefined;
    const orderBy = args.orderBy ? memberOrders(args.orderBy) : undefined;
    return listOfTenant(context, info, id, {
      page: ({ members }) => members.page({ ...pageRequest(args), where, orderBy }),
      count: ({ members }) => members.count(where),
    });
  }
}
