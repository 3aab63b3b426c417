import { Field, ID, InputType } from 'type-graphql';

/** Options of a required and of an optional input field. */
export const needed = (description: string) => ({ description });
export const optional = (description: string) => ({ description, nullable: true });

/** The input of a mutation that can be planned. */
@InputType()
export abstract class PlannableInput {
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Only plan it: the answer holds what would be recorded, and nothing is changed.',
  })
  dryRun?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The `digest` of the plan that was shown. When the change would now be any ' +
      'other, it is refused as STALE_VERSION and nothing is changed.',
  })
  expectedPlan?: string | null;
}

/** The same for objects that may be in a child tenant. */
@InputType()
export abstract class TenantInput extends PlannableInput {
  @Field(() => ID, {
    nullable: true,
    description:
      "The child tenant that is meant, for a parent's administrator; without it, the " +
      "credential's own tenant.",
  })
  tenantId?: string | null;
}

/** The input without its target and its options: only what is to be changed. */
export function changesIn<Input extends TenantInput & { id: string }>({
  id: _id,
  tenantId: _tenantId,
  dryRun: _dryRun,
  expectedPlan: _expectedPlan,
  ...wish
}: Input): Omit<Input, 'id' | 'tenantId' | 'dryRun' | 'expectedPlan'> {
  return wish;
}
