import { Field, ID, InputType, Int } from 'type-graphql';
import type {
  AuditFilter as DirectoryAuditFilter,
  MemberCondition,
  MemberField,
  MemberOrder as MemberOrdering,
  MemberSortField,
  MemberState as State,
  Origin as From,
  Outcome as Ending,
  TeamCondition,
  TeamOrder as TeamOrdering,
  TeamSortField,
} from '../../directory/index.ts';
import { DateTime } from './scalars.ts';
import * as words from './enums.ts';

const optional = (description: string) => ({ nullable: true, description });

@InputType({ description: 'Text comparison, case-insensitive.' })
export class StringFilter {
  @Field(() => String, optional('Equal.')) eq?: string | null;
  @Field(() => [String], optional('One of.')) in?: string[] | null;
  @Field(() => String, optional('Contains.')) contains?: string | null;
  @Field(() => String, optional('Starts with.')) startsWith?: string | null;
  @Field(() => String, optional('Not equal.')) ne?: string | null;
}

@InputType({ description: 'Time comparison.' })
export class DateTimeFilter {
  @Field(() => DateTime, optional('From.')) gte?: Date | null;
  @Field(() => DateTime, optional('Before.')) lt?: Date | null;
}

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
  @Field(() => [words.MemberState], optional('State.')) state?: State[] | null;
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
  @Field(() => words.MemberOrderField, { description: 'By.' }) field!: words.MemberOrderWord;
  @Field(() => words.OrderDirection, { description: 'Direction.', defaultValue: 'ASC' })
  direction!: words.DirectionWord;
}

@InputType({ description: 'Team filter.' })
export class TeamFilter {
  @Field(() => [TeamFilter], optional('Any.')) or?: TeamFilter[] | null;
  @Field(() => String, optional('Free text.')) query?: string | null;
  @Field(() => StringFilter, optional('Name.')) name?: StringFilter | null;
  @Field(() => [words.Origin], optional('Origin.')) origin?: From[] | null;
  @Field(() => Boolean, optional('Managed now.')) managed?: boolean | null;
}

@InputType({ description: 'Team sort.' })
export class TeamOrder {
  @Field(() => words.TeamOrderField, { description: 'By.' }) field!: words.TeamOrderWord;
  @Field(() => words.OrderDirection, { description: 'Direction.', defaultValue: 'ASC' })
  direction!: words.DirectionWord;
}

@InputType({ description: 'Audit filter.' })
export class AuditFilter {
  @Field(() => [String], optional('Actions.')) action?: string[] | null;
  @Field(() => [ID], optional('Subject.')) subjectId?: string[] | null;
  @Field(() => [ID], optional('Actor.')) actorId?: string[] | null;
  @Field(() => [ID], optional('Provider.')) identityProviderId?: string[] | null;
  @Field(() => [words.Outcome], optional('Outcome.')) outcome?: Ending[] | null;
  @Field(() => DateTimeFilter, optional('Time.')) at?: DateTimeFilter | null;
  @Field(() => String, optional('Correlation.')) correlationId?: string | null;
  @Field(() => String, optional('The X-Request-Id that a caller sent.')) requestId?: string | null;
}

@InputType({ description: 'Request filter.' })
export class ScimRequestFilter {
  @Field(() => [String], optional('Method.')) method?: string[] | null;
  @Field(() => Int, optional('Status range start.')) statusGte?: number | null;
  @Field(() => Int, optional('Status range end.')) statusLt?: number | null;
  @Field(() => String, optional('Resource id, external id, user name or any text in the body.'))
  query?: string | null;
  @Field(() => DateTimeFilter, optional('Time.')) at?: DateTimeFilter | null;
  @Field(() => Boolean, optional('Changed something?')) changed?: boolean | null;
}

@InputType({ description: 'Report filter: the three fields of the report screen.' })
export class ProvisioningReportFilter {
  @Field(() => String, optional('End-user identifier: user name, address, id or external id.'))
  endUser?: string | null;
  @Field(() => String, optional('Application: provider name or id.')) application?: string | null;
  @Field(() => DateTimeFilter, { description: 'Timespan.' }) timespan!: DateTimeFilter;
  @Field(() => [words.Outcome], optional('Outcome.')) outcome?: Ending[] | null;
}

/** The same in the directory's words. A field that is null asks for nothing. */
export function memberCondition(filter: MemberFilter): MemberCondition {
  const all: MemberCondition[] = [
    ...textual(filter.email, 'email'),
    ...textual(filter.userName, 'userName'),
    ...textual(filter.title, 'title'),
    ...textual(filter.department, 'department'),
    ...textual(filter.employeeNumber, 'employeeNumber'),
    ...oneOf(filter.managerId, 'managerId'),
    ...oneOf(filter.state, 'state'),
    ...oneOf(filter.origin, 'origin'),
    ...oneOf(filter.identityProviderId, 'providerId'),
    ...oneOf(filter.roleId, 'roleId'),
    ...oneOf(filter.teamId, 'teamId'),
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

export function teamCondition(filter: TeamFilter): TeamCondition {
  const all: TeamCondition[] = [...textual(filter.name, 'name'), ...oneOf(filter.origin, 'origin')];
  if (filter.managed != null) all.push({ field: 'managed', op: 'eq', value: filter.managed });
  if (filter.query != null) all.push({ field: 'query', op: 'contains', value: filter.query });
  if (filter.or != null) all.push({ or: filter.or.map(teamCondition) });
  return { and: all };
}

export function auditFilterOf({ identityProviderId, ...filter }: AuditFilter): DirectoryAuditFilter {
  return { ...filter, providerId: identityProviderId };
}

const memberFields: Record<words.MemberOrderWord, MemberSortField> = {
  DISPLAY_NAME: 'displayName',
  EMAIL: 'email',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  ROLE: 'role',
  DEPARTMENT: 'department',
};
const teamFields: Record<words.TeamOrderWord, TeamSortField> = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  MEMBER_COUNT: 'memberCount',
};

export const memberOrders = (orders: readonly MemberOrder[]): MemberOrdering[] =>
  orders.map(({ field, direction }) => ({
    by: memberFields[field],
    direction: upOrDown(direction),
  }));
export const teamOrders = (orders: readonly TeamOrder[]): TeamOrdering[] =>
  orders.map(({ field, direction }) => ({ by: teamFields[field], direction: upOrDown(direction) }));
const upOrDown = (direction: words.DirectionWord) => (direction === 'DESC' ? 'desc' : 'asc');

type Textual<Field> = {
  field: Field;
  op: 'eq' | 'in' | 'contains' | 'startsWith' | 'ne';
  value: string | string[];
};

function textual<Field extends MemberField | 'name'>(
  filter: StringFilter | null | undefined,
  field: Field,
): Textual<Field>[] {
  if (filter == null) return [];
  return (['eq', 'in', 'contains', 'startsWith', 'ne'] as const).flatMap(op =>
    filter[op] == null ? [] : [{ field, op, value: filter[op] }],
  );
}

function oneOf<Field extends string>(
  values: readonly string[] | null | undefined,
  field: Field,
): { field: Field; op: 'in'; value: readonly string[] }[] {
  return values == null ? [] : [{ field, op: 'in', value: values }];
}
