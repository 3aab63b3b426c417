import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type {
  MemberCondition,
  MemberOrder as MemberOrdering,
  MemberSortField,
  MemberState as State,
  Origin as From,
} from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import {
  DateTimeFilter,
  inConditions,
  sortDirection,
  StringFilter,
  textConditions,
} from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { BothWaysArgs } from '../schema/page-args.ts';
import * as memberWords from './enums.ts';
import { Member } from './member.ts';

export const MemberConnection = connectionOf('Member', 'A page of members.', () => Member);

@InputType({
  description:
    'Which members are listed. All fields must hold. At most 200 comparisons, 40 levels deep.',
})
export class MemberFilter {
  @Field(() => [MemberFilter], optional('All of these hold.')) and?: MemberFilter[] | null;
  @Field(() => [MemberFilter], optional('At least one of these holds.')) or?: MemberFilter[] | null;
  @Field(() => MemberFilter, optional('This does not hold.')) not?: MemberFilter | null;
  @Field(
    () => String,
    optional(
      'Words that all occur in the name to show, the user name or the address; at most ' +
        'eight count.',
    ),
  )
  query?: string | null;
  @Field(() => StringFilter, optional('How the address compares.')) email?: StringFilter | null;
  @Field(() => StringFilter, optional('How the login name compares.'))
  userName?: StringFilter | null;
  @Field(() => StringFilter, optional('How the job title compares.')) title?: StringFilter | null;
  @Field(() => StringFilter, optional('How the department compares.'))
  department?: StringFilter | null;
  @Field(() => StringFilter, optional('How the employee number compares.'))
  employeeNumber?: StringFilter | null;
  @Field(() => [ID], optional('Who report to one of these members.')) managerId?: string[] | null;
  @Field(
    () => [memberWords.MemberState],
    optional(
      'Who are in one of these states; deleted members are left out unless DELETED is ' +
        'among them.',
    ),
  )
  state?: State[] | null;
  @Field(() => [words.Origin], optional('Who came from one of these origins.')) origin?:
    From[] | null;
  @Field(() => [ID], optional('Who are linked to one of these providers.')) identityProviderId?:
    string[] | null;
  @Field(() => [ID], optional('Who hold one of these roles.')) roleId?: string[] | null;
  @Field(() => [ID], optional('Who are in one of these teams.')) teamId?: string[] | null;
  @Field(() => Boolean, optional('Whose role is locked, or is not.')) roleLocked?: boolean | null;
  @Field(() => Boolean, optional('Whom a provider owns right now, or does not.')) managed?:
    boolean | null;
  @Field(() => DateTimeFilter, optional('When the member was last changed.'))
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'One key that members are sorted by.' })
export class MemberOrder {
  @Field(() => memberWords.MemberOrderField, { description: 'What members are compared by.' })
  field!: memberWords.MemberOrderWord;
  @Field(() => words.OrderDirection, {
    description: 'Ascending unless said otherwise.',
    defaultValue: 'ASC',
  })
  direction!: words.DirectionWord;
}

@ArgsType()
export class MembersArgs extends BothWaysArgs {
  @Field(() => MemberFilter, optional('Only members that meet this filter.'))
  filter?: MemberFilter | null;
  @Field(
    () => [MemberOrder],
    optional(
      'Up to five keys to sort by, the first one first; otherwise in the order of creation.',
    ),
  )
  orderBy?: MemberOrder[] | null;
}

/** The filter as a condition of the directory; a field that is null adds nothing. */
export function memberCondition(filter: MemberFilter): MemberCondition {
  const all: MemberCondition[] = [
    ...textConditions(filter.email, 'email'),
    ...textConditions(filter.userName, 'userName'),
    ...textConditions(filter.title, 'title'),
    ...textConditions(filter.department, 'department'),
    ...textConditions(filter.employeeNumber, 'employeeNumber'),
    ...inConditions(filter.managerId, 'managerId'),
    ...inConditions(filter.state, 'state'),
    ...inConditions(filter.origin, 'origin'),
    ...inConditions(filter.identityProviderId, 'providerId'),
    ...inConditions(filter.roleId, 'roleId'),
    ...inConditions(filter.teamId, 'teamId'),
  ];
  if (filter.roleLocked != null)
    all.push({ field: 'roleLocked', op: 'eq', value: filter.roleLocked });
  if (filter.managed != null) all.push({ field: 'managed', op: 'eq', value: filter.managed });
  if (filter.updatedAt?.gte != null)
    all.push({ field: 'updatedAt', op: 'gte', value: filter.updatedAt.gte });
  if (filter.updatedAt?.lt != null)
    all.push({ field: 'updatedAt', op: 'lt', value: filter.updatedAt.lt });
  if (filter.query != null) all.push({ field: 'query', op: 'contains', value: filter.query });
  if (filter.and != null) all.push({ and: filter.and.map(memberCondition) });
  if (filter.or != null) all.push({ or: filter.or.map(memberCondition) });
  if (filter.not != null) all.push({ not: memberCondition(filter.not) });
  return { and: all };
}

const memberFields: Record<memberWords.MemberOrderWord, MemberSortField> = {
  DISPLAY_NAME: 'displayName',
  EMAIL: 'email',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  ROLE: 'role',
  DEPARTMENT: 'department',
};

export const memberOrders = (orders: readonly MemberOrder[]): MemberOrdering[] =>
  orders.map(({ field, direction }) => ({
    by: memberFields[field],
    direction: sortDirection(direction),
  }));
