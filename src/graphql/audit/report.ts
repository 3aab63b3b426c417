import { ArgsType, Field, InputType, ObjectType } from 'type-graphql';
import type { Outcome, ReportRow } from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { DateTimeFilter } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { ForwardArgs } from '../schema/page-args.ts';
import { DateTime } from '../schema/scalars.ts';
import { AuditEntry } from './audit-entry.ts';

@ObjectType({ simpleResolvers: true, description: 'One line of the provisioning report.' })
export class ProvisioningReportRow implements Omit<ReportRow, 'entry'> {
  @Field(() => DateTime, { description: 'At.' }) at!: Date;
  @Field(() => String, { description: 'End user.' }) endUser!: string;
  @Field(() => String, { description: 'Application.' }) application!: string;
  @Field(() => String, { description: 'Direction.' }) direction!: ReportRow['direction'];
  @Field(() => String, { description: 'Operation.' }) operation!: string;
  @Field(() => words.Outcome, { description: 'Outcome.' }) outcome!: Outcome;
  @Field(() => String, { nullable: true, description: 'Message.' }) message!: string | null;
  @Field(() => AuditEntry, { description: 'Entry.' }) audit!: ReportRow['entry'];
}

export const ProvisioningReportConnection = connectionOf(
  'ProvisioningReport',
  'Report rows.',
  () => ProvisioningReportRow,
);

@InputType({ description: 'Report filter: the three fields of the report screen.' })
export class ProvisioningReportFilter {
  @Field(() => String, optional('End-user identifier: user name, address, id or external id.'))
  endUser?: string | null;
  @Field(() => String, optional('Application: provider name or id.')) application?: string | null;
  @Field(() => DateTimeFilter, { description: 'Timespan.' }) timespan!: DateTimeFilter;
  @Field(() => [words.Outcome], optional('Outcome.')) outcome?: Outcome[] | null;
}

@ArgsType()
export class ReportArgs extends ForwardArgs {
  @Field(() => ProvisioningReportFilter, {
    description: 'End user, application, span of time, outcome.',
  })
  filter!: ProvisioningReportFilter;
}
