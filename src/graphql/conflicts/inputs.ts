import { Field, ID, InputType } from 'type-graphql';
import type { ConflictChoice } from '../../directory/index.ts';
import { needed, optional, TenantInput } from '../schema/inputs.ts';
import * as conflictWords from './enums.ts';

@InputType({ description: 'How to settle conflicts, one or many.' })
export class ConflictResolveInput extends TenantInput {
  @Field(() => [ID], needed('Cases, at most 500.')) ids!: string[];
  @Field(() => conflictWords.ConflictChoice, needed('Choice for all of them.'))
  choice!: ConflictChoice;
  @Field(() => ID, optional('Candidate, when a case has several.')) candidateId?: string | null;
}
