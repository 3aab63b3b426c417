import { ArgsType, Field, InputType, ObjectType } from 'type-graphql';
import type { Outcome, ReportRow } from '../../directory/index.ts';
import { connectionOf } from '../schema/connection.ts';
import * as words from '../schema/enums.ts';
import { DateTimeFilter } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { ForwardArgs } from '../schema/page-args.ts';
import { DateTime } from '../schema/scalars.ts';
import { AuditEntry } from './audit-entry.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'One line of the provisioning report: one audit entry of a provider.',
})
export class ProvisioningReportRow implements Omit<ReportRow, 'entry'> {
  @Field(() => DateTime, { description: 'When the provider did it.' }) at!: Date;
  @Field(() => String, {
    description:
      "User name of the member; for a team the member it was about, else the team's name.",
  })
  endUser!: string;
  @Field(() => String, { description: 'Present name of the provider.' }) application!: string;
  @Field(() => String, { description: 'Always IN: from the provider to this directory.' })
  direction!: ReportRow['direction'];
  @Field(() => String, { description: 'The action of the audit entry, like `member.created`.' })
  operation!: string;
  @Field(() => words.Outcome, { description: 'Whether it was done, refused or not needed.' })
  outcome!: Outcome;
  @Field(() => String, {
    nullable: true,
    description: 'Why it was refused, or the reason that was given; null when there is none.',
  })
  message!: string | null;
  @Field(() => AuditEntry, { description: 'The audit entry behind this line.' })
  audit!: ReportRow['entry'];
}

export const ProvisioningReportConnection = connectionOf(
  'ProvisioningReport',
  'A page of the provisioning report.',
  () => ProvisioningReportRow,
);

@InputType({ description: 'The fields of the report screen. All that are given must hold.' })
export class ProvisioningReportFilter {
  @Field(
    () => String,
    optional(
      'User name, address, id or external id of the end user, of today or of that ' +
        'time. Case does not matter.',
    ),
  )
  endUser?: string | null;
  @Field(() => String, optional('Name or id of the provider. Case does not matter.')) application?:
    string | null;
  @Field(() => DateTimeFilter, { description: 'When the provider did it; both ends may be open.' })
  timespan!: DateTimeFilter;
  @Field(() => [words.Outcome], optional('Whether it was done, refused or not needed.')) outcome?:
    Outcome[] | null;
}

@ArgsType()
export class ReportArgs extends ForwardArgs {
  @Field(() => ProvisioningReportFilter, {
    description: 'End user, application, time span and outcome.',
  })
  filter!: ProvisioningReportFilter;
}
