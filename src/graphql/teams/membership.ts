import type { GraphQLResolveInfo } from 'graphql';
import { ArgsType, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import type { MemberRow, MembershipRow, Origin, TeamRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { memberCondition, MemberFilter } from '../members/member-list.ts';
import { Member } from '../members/member.ts';
import { connectionOf, type LazyConnection } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { optional } from '../schema/inputs.ts';
import { isSelected } from '../schema/is-selected.ts';
import { listOfParent, type ReadOfParents } from '../schema/lists.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { DateTime } from '../schema/scalars.ts';
import { teamCondition, TeamFilter } from './team-list.ts';
import { Team } from './team.ts';

@ObjectType({ simpleResolvers: true, description: 'One person in one team, with its own origin.' })
export class TeamMembership implements Pick<MembershipRow, 'origin' | 'since'> {
  @Field(() => words.Origin, { description: 'Who put the member there.' }) origin!: Origin;
  @Field(() => DateTime, { description: 'When the member joined the team.' }) since!: Date;
}

@Resolver(() => TeamMembership)
export class TeamMembershipFields {
  @FieldResolver(() => Member, { description: 'The member who is in the team.' })
  member(
    @Root() { tenantId, memberId }: MembershipRow,
    @Ctx() context: Context,
  ): MemberRow | null | Promise<MemberRow | null> {
    return context.loaders(context.at(tenantId)).loadCached('member', memberId);
  }

  @FieldResolver(() => Team, { description: 'The team that the member is in.' })
  team(
    @Root() { tenantId, teamId }: MembershipRow,
    @Ctx() context: Context,
  ): TeamRow | null | Promise<TeamRow | null> {
    return context.loaders(context.at(tenantId)).loadCached('team', teamId);
  }
}

export const TeamMembershipConnection = connectionOf(
  'TeamMembership',
  'A page of memberships.',
  () => TeamMembership,
);

@ArgsType()
export class TeamsOfMemberArgs extends ForwardArgs {
  @Field(() => TeamFilter, optional('Only teams that meet this filter.'))
  filter?: TeamFilter | null;
}

@ArgsType()
export class MembersOfTeamArgs extends ForwardArgs {
  @Field(() => MemberFilter, optional('Only members that meet this filter.'))
  filter?: MemberFilter | null;
}

/** The teams of one member; those of all members of a list are read together. */
export function teamsOfMember(
  { tenantId, id }: MemberRow,
  context: Context,
  info: GraphQLResolveInfo,
  args: TeamsOfMemberArgs,
): LazyConnection<MembershipRow> {
  const { members } = context.at(tenantId);
  const where = () => (args.filter ? teamCondition(args.filter) : undefined);
  return memberships(context.loaders(context.at(tenantId)), info, id, {
    otherSide: 'team',
    pages: ids => members.memberships(ids, { ...pageRequest(args), where: where() }),
    counts: ids => members.countTeams(ids, where()),
  });
}

/** The members of one team; those of all teams of a list are read together. */
export function membersOfTeam(
  { tenantId, id }: TeamRow,
  context: Context,
  info: GraphQLResolveInfo,
  args: MembersOfTeamArgs,
): LazyConnection<MembershipRow> {
  const { teams } = context.at(tenantId);
  const where = () => (args.filter ? memberCondition(args.filter) : undefined);
  return memberships(context.loaders(context.at(tenantId)), info, id, {
    otherSide: 'member',
    pages: ids => teams.memberships(ids, { ...pageRequest(args), where: where() }),
    counts: ids => teams.countMembers(ids, where()),
  });
}

function memberships(
  loaders: Loaders,
  info: GraphQLResolveInfo,
  parentId: string,
  { otherSide, pages, counts }: ReadOfParents<MembershipRow> & { otherSide: 'team' | 'member' },
): LazyConnection<MembershipRow> {
  return listOfParent(loaders, info, parentId, {
    counts,
    pages: async ids => {
      const read = await pages(ids);
      if (isSelected(info, otherSide)) {
        const rows = [...read.values()].flatMap(({ items }) => items.map(({ row }) => row));
        const idOf = (row: MembershipRow) => (otherSide === 'team' ? row.teamId : row.memberId);
        await loaders.prefetch(otherSide, rows.map(idOf));
      }
      return read;
    },
  });
}
