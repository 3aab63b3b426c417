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
import { Refusal, type TeamRow, type TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { optional } from '../schema/inputs.ts';
import { listOfTenant } from '../schema/lists.ts';
import { pageRequest } from '../schema/page-args.ts';
import { Tenant } from '../tenants/tenant.ts';
import { JoinableArgs, teamCondition, TeamConnection, teamOrders, TeamsArgs } from './team-list.ts';
import { Team } from './team.ts';

@ArgsType()
class TeamHandles {
  @Field(() => ID, optional('Id of the team.')) id?: string | null;
  @Field(() => String, optional('Name of the team, whatever its case.')) name?: string | null;
}

/** The ways to a team: by its id or name, and in the lists of its tenant. */
@Resolver(() => Tenant)
export class TeamQueries {
  @Query(() => Team, {
    nullable: true,
    description: 'One team by exactly one of its handles; null when there is none.',
  })
  async team(
    @Ctx() context: Context,
    @Args(() => TeamHandles) { id, name }: TeamHandles,
  ): Promise<TeamRow | null> {
    if ((id == null) === (name == null))
      throw new Refusal('invalid', 'Name the team by its id or by its name.', {
        field: [name == null ? 'id' : 'name'],
      });
    return id == null
      ? context.directory.teams.byName(name as string)
      : context.loaders().load('team', id);
  }

  @FieldResolver(() => TeamConnection, {
    description: 'Teams of this tenant, in the order of creation unless sorted.',
  })
  teams(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => TeamsArgs) args: TeamsArgs,
  ): Promise<LazyConnection<TeamRow>> {
    const where = args.filter ? teamCondition(args.filter) : undefined;
    const orderBy = args.orderBy ? teamOrders(args.orderBy) : undefined;
    return listOfTenant(context, info, id, {
      page: ({ teams }) => teams.page({ ...pageRequest(args), where, orderBy }),
      count: ({ teams }) => teams.count(where),
    });
  }

  @FieldResolver(() => TeamConnection, {
    description:
      'Teams that a member, or a person about to be invited, may be added to now: none ' +
      'that a provider manages, and none the member is in already.',
  })
  joinableTeams(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => JoinableArgs) args: JoinableArgs,
  ): Promise<LazyConnection<TeamRow>> {
    return listOfTenant(context, info, id, {
      page: ({ teams }) => teams.joinable(args),
      count: ({ teams }) => teams.countJoinable(args),
    });
  }
}
