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

export const MemberConnection = connectionOf('Member', 'Members.', () => Member);

@InputType({ description: 'Member filter; fields are AND-ed.' })
export class MemberFilter {
  @Field(() => [MemberFilter], optional('All.')) and?: MemberFilter[] | null;
  @Field(() => [MemberFilter], optional('Any.')) or?: MemberFilter[] | null;
  @Field(() => MemberFilter, optional('None.')) not?: MemberFilter | null;
  @Field(() => String, optional('Free text over name and address.')) query?: string | null;
  @Field(() => StringFilter, optional('Address.')) email?: StringFilter | null;
  @Field(() => StringFilter, optional('User name.')) userName?: StringFilter | null;
  @Field(() => StringFilter, optional('Job title.')) title?: StringFilter | null;
  @Field(() => StringFilter, optional('Department.')) department?: StringFilter | null;
  @Field(() => StringFilter, optional('Number in the company.'))
  employeeNumber?: StringFilter | null;
  @Field(() => [ID], optional('Reports to.')) managerId?: string[] | null;
  @Field(() => [memberWords.MemberState], optional('State.')) state?: State[] | null;
  @Field(() => [words.Origin], optional('Origin.')) origin?: From[] | null;
  @Field(() => [ID], optional('Provider.')) identityProviderId?: string[] | null;
  @Field(() => [ID], optional('Role.')) roleId?: string[] | null;
  @Field(() => [ID], optional('Team.')) teamId?: string[] | null;
  @Field(() => Boolean, optional('Locked.')) roleLocked?: boolean | null;
  @Field(() => Boolean, optional('Managed now.')) managed?: boolean | null;
  @Field(() => DateTimeFilter, optional('Changed.')) updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'Member sort.' })
export class MemberOrder {
  @Field(() => memberWords.MemberOrderField, { description: 'By.' })
  field!: memberWords.MemberOrderWord;
  @Field(() => words.OrderDirection, { description: 'Direction.', defaultValue: 'ASC' })
  direction!: words.DirectionWord;
}

@ArgsType()
export class MembersArgs extends BothWaysArgs {
  @Field(() => MemberFilter, optional('Only those that meet this.')) filter?: MemberFilter | null;
  @Field(
    () => [MemberOrder],
    optional('Sorted by these, the first one first; otherwise in the order of creation.'),
  )
  orderBy?: MemberOrder[] | null;
}

/** The filter as a condition of the directory. A field that is null asks for nothing. */
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
