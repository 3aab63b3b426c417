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

export const AuditEntryConnection = connectionOf('AuditEntry', 'Entries.', () => AuditEntry);

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

@ArgsType()
export class AuditLogArgs extends ForwardArgs {
  @Field(() => AuditFilter, optional('Only those that meet this.')) filter?: AuditFilter | null;
}

export function auditFilterOf({
  identityProviderId,
  ...filter
}: AuditFilter): DirectoryAuditFilter {
  return { ...filter, providerId: identityProviderId };
}
