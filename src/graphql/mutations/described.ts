import { Field, InputType } from 'type-graphql';

/** A field of an input that must be there, and one that may be left out, each with what it means. */
export const needed = (description: string) => ({ description });
export const optional = (description: string) => ({ description, nullable: true });

/** Every change that can be asked for as a plan. */
@InputType()
export abstract class MayBeDry {
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Check only.' })
  dryRun?: boolean | null;
}
