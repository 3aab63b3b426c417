import { Field, ObjectType } from 'type-graphql';
import type { Outcome, ReportRow } from '../../directory/index.ts';
import { DateTime } from '../schema/scalars.ts';
import { AuditEntry } from './audit-entry.ts';
import * as words from '../schema/enums.ts';

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
