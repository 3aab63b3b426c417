import { Field, ObjectType } from 'type-graphql';
import { ChangePlan } from './change-plan.ts';
import { UserError } from './user-errors.ts';

export const RESULT = {
  simpleResolvers: true,
  description: 'What the mutation did, what it would do, or why it did nothing.',
};
export const RESULT_WITH_SECRET = {
  simpleResolvers: true,
  description:
    'What the mutation did, what it would do, or why it did nothing. ' +
    'The secret is shown only here.',
};
export const nullable = (description: string) => ({ nullable: true, description });

/** What every mutation answers beside its object. */
@ObjectType()
export abstract class Payload {
  @Field(() => [UserError], {
    description: 'Why nothing was done; empty when it was done or planned.',
  })
  userErrors!: UserError[];
  @Field(() => ChangePlan, nullable('What would be done; null unless `dryRun` was asked for.'))
  plan!: object | null;
}
