import { Field, ObjectType } from 'type-graphql';
import { ChangePlan } from './change-plan.ts';
import { UserError } from './user-errors.ts';

export const RESULT = { simpleResolvers: true, description: 'Result.' };
export const RESULT_WITH_SECRET = {
  simpleResolvers: true,
  description: 'Result; the secret is shown only here.',
};
export const nullable = (description: string) => ({ nullable: true, description });

/** What every mutation answers beside its object. */
@ObjectType()
export abstract class Payload {
  @Field(() => [UserError], { description: 'Errors.' }) userErrors!: UserError[];
  @Field(() => ChangePlan, nullable('Plan of a dry run.')) plan!: object | null;
}
