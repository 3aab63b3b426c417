import { Field, ID, InputType } from 'type-graphql';

/** A field of an input that must be there, and one that may be left out, each with what it means. */
export const needed = (description: string) => ({ description });
export const optional = (description: string) => ({ description, nullable: true });

/** Every change that can be asked for as a plan. */
@InputType()
export abstract class PlannableInput {
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Only plan it: the answer holds what would be recorded, and nothing is changed.',
  })
  dryRun?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The `digest` of the plan that was shown. When the change would now be any other, it is refused as STALE_VERSION and nothing is changed.',
  })
  expectedPlan?: string | null;
}

/** A change of something that may be in a child tenant. */
@InputType()
export abstract class TenantInput extends PlannableInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'The child tenant that is meant, for a parent\'s administrator; without it, the ' +
'credential\'s own tenant.',
  })
  tenantId?: string | null;
}

/** What an input wants changed, without what says where it is and how it is to be done. */
export function changesIn<Input extends TenantInput & { id: string }>({
  id: _id,
  tenantId: _tenantId,
  dryRun: _dryRun,
  expectedPlan: _expectedPlan,
  ...wish
}: Input): Omit<Input, 'id' | 'tenantId' | 'dryRun' | 'expectedPlan'> {
  return wish;
}
