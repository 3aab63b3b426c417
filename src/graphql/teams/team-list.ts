import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type {
  Origin as From,
  TeamCondition,
  TeamOrder as TeamOrdering,
  TeamSortField,
} from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { inConditions, sortDirection, StringFilter, textConditions } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { BothWaysArgs, ForwardArgs } from '../schema/page-args.ts';
import * as teamWords from './enums.ts';
import { Team } from './team.ts';

export const TeamConnection = connectionOf('Team', 'A page of teams.', () => Team);

@InputType({ description: 'Which teams are listed. All fields must hold.' })
export class TeamFilter {
  @Field(() => [TeamFilter], optional('At least one of these holds.')) or?: TeamFilter[] | null;
  @Field(() => String, optional('Words that all occur in the name; at most eight count.')) query?:
    string | null;
  @Field(() => StringFilter, optional('How the name compares.')) name?: StringFilter | null;
  @Field(() => [words.Origin], optional('Teams that came from one of these origins.')) origin?:
    From[] | null;
  @Field(() => Boolean, optional('Teams that a provider owns right now, or does not.')) managed?:
    boolean | null;
}

@InputType({ description: 'One key that teams are sorted by.' })
export class TeamOrder {
  @Field(() => teamWords.TeamOrderField, { description: 'What teams are compared by.' })
  field!: teamWords.TeamOrderWord;
  @Field(() => words.OrderDirection, {
    description: 'Ascending unless said otherwise.',
    defaultValue: 'ASC',
  })
  direction!: words.DirectionWord;
}

@ArgsType()
export class TeamsArgs extends BothWaysArgs {
  @Field(() => TeamFilter, optional('Only teams that meet this filter.'))
  filter?: TeamFilter | null;
  @Field(
    () => [TeamOrder],
    optional('Keys to sort by, the first one first; otherwise in the order of creation.'),
  )
  orderBy?: TeamOrder[] | null;
}

@ArgsType()
export class JoinableArgs extends ForwardArgs {
  @Field(() => ID, optional('The member who would join; omit it for a person about to be invited.'))
  memberId?: string | null;
  @Field(() => String, optional('Words that all occur in the name; at most eight count.')) query?:
    string | null;
}

export function teamCondition(filter: TeamFilter): TeamCondition {
  const all: TeamCondition[] = [
    ...textConditions(filter.name, 'name'),
    ...inConditions(filter.origin, 'origin'),
  ];
  if (filter.managed != null) all.push({ field: 'managed', op: 'eq', value: filter.managed });
  if (filter.query != null) all.push({ field: 'query', op: 'contains', value: filter.query });
  if (filter.or != null) all.push({ or: filter.or.map(teamCondition) });
  return { and: all };
}

const teamFields: Record<teamWords.TeamOrderWord, TeamSortField> = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  MEMBER_COUNT: 'memberCount',
};

export const teamOrders = (orders: readonly TeamOrder[]): TeamOrdering[] =>
  orders.map(({ field, direction }) => ({
    by: teamFields[field],
    direction: sortDirection(direction),
  }));
