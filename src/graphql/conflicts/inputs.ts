import { Field, ID, InputType } from 'type-graphql';
import type { ConflictChoice } from '../../directory/index.ts';
import { needed, optional, TenantInput } from '../schema/inputs.ts';
import * as conflictWords from './enums.ts';

@InputType({
  description: 'One decision for one or many conflicts; all of them are resolved, or none.',
})
export class ConflictResolveInput extends TenantInput {
  @Field(() => [ID], needed('Ids of the cases, 1 to 500.')) ids!: string[];
  @Field(() => conflictWords.ConflictChoice, needed('What is decided, for all of the cases.'))
  choice!: ConflictChoice;
  @Field(() => ID, optional('The candidate that is meant; a check, since a case has one.'))
  candidateId?: string | null;
}
