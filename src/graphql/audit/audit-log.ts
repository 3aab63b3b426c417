import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type {
  AuditFilter as DirectoryAuditFilter,
  Outcome as Ending,
} from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { DateTimeFilter } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { ForwardArgs } from '../schema/page-args.ts';
import { AuditEntry } from './audit-entry.ts';

export const AuditEntryConnection = connectionOf(
  'AuditEntry',
  'A page of audit entries.',
  () => AuditEntry,
);

@InputType({
  description: 'Which audit entries are listed. All fields must hold; of a list, any value.',
})
export class AuditFilter {
  @Field(() => [String], optional('Actions, spelled as in the entries: `member.updated`.'))
  action?: string[] | null;
  @Field(
    () => [ID],
    optional('Ids of objects that the change was made to, or that it touched beside.'),
  )
  subjectId?: string[] | null;
  @Field(() => [ID], optional('Ids of members, tokens or providers that acted.')) actorId?:
    string[] | null;
  @Field(
    () => [ID],
    optional('Ids of providers that acted, own the changed object, or were changed themselves.'),
  )
  identityProviderId?: string[] | null;
  @Field(() => [words.Outcome], optional('Whether it was done, refused or not needed.')) outcome?:
    Ending[] | null;
  @Field(() => DateTimeFilter, optional('When the entry was written.')) at?: DateTimeFilter | null;
  @Field(() => String, optional('All entries of one request and of what followed from it.'))
  correlationId?: string | null;
  @Field(() => String, optional('The X-Request-Id that a caller sent with the request.'))
  requestId?: string | null;
}

@ArgsType()
export class AuditLogArgs extends ForwardArgs {
  @Field(() => AuditFilter, optional('Only entries that meet this filter.'))
  filter?: AuditFilter | null;
}

export function auditFilterOf({
  identityProviderId,
  ...filter
}: AuditFilter): DirectoryAuditFilter {
  return { ...filter, providerId: identityProviderId };
}
