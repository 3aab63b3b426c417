import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import {
  type AttributeChange as ChangeFacts,
  type Entry,
  pageOfList,
  type Plan,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { connectionOf, LazyConnection } from './connection.ts';
import { Node } from './node.ts';
import { Json } from './scalars.ts';

/** A plan with the tenant it is for. */
export interface PlanSource extends Plan {
  tenantId: string;
}
type PlannedEntry = Entry & { tenantId: string };

@ObjectType({ simpleResolvers: true, description: 'An attribute before and after a change.' })
export class AttributeChange implements ChangeFacts {
  @Field(() => String, { description: 'Name of the attribute.' }) name!: string;
  @Field(() => Json, { nullable: true, description: 'The value before; null when there was none.' })
  before?: unknown;
  @Field(() => Json, {
    nullable: true,
    description: 'The value after; null when there is none any more.',
  })
  after?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'How many changes of each kind a plan has.' })
export class ChangeSummary {
  @Field(() => Int, { description: 'Objects that would be made or invited.' }) created = 0;
  @Field(() => Int, {
    description: 'Objects that would change in another way than the others here.',
  })
  updated = 0;
  @Field(() => Int, { description: 'Members that would be disabled.' }) disabled = 0;
  @Field(() => Int, { description: 'Objects that would be deleted or removed.' }) deleted = 0;
  @Field(() => Int, { description: 'Roles that would change, be locked or be unlocked.' })
  roleChanges = 0;
  @Field(() => Int, { description: 'Memberships that would begin or end.' }) membershipChanges = 0;
  @Field(() => Int, { description: 'Conflict cases that would be opened or resolved.' }) conflicts =
    0;
}

/** The total that each verb counts in; any other verb counts as an update. */
const countedAs: Record<string, keyof ChangeSummary> = {
  created: 'created',
  invited: 'created',
  disabled: 'disabled',
  deleted: 'deleted',
  removed: 'deleted',
  purged: 'deleted',
  roleChanged: 'roleChanges',
  roleLocked: 'roleChanges',
  roleUnlocked: 'roleChanges',
  roleLockExpired: 'roleChanges',
};

export function summaryOf(entries: readonly Entry[]): ChangeSummary {
  const summary = new ChangeSummary();
  for (const { action, changes } of entries) {
    const [noun, verb = ''] = action.split('.');
    const kind =
      noun === 'membership'
        ? 'membershipChanges'
        : noun === 'conflict'
          ? 'conflicts'
          : (countedAs[verb] ?? 'updated');
    summary[kind]++;
    // One entry per object: it may change the role beside other attributes.
    if ((kind === 'updated' || kind === 'disabled') && changes?.some(({ name }) => name === 'role'))
      summary.roleChanges++;
  }
  return summary;
}

@ObjectType({
  simpleResolvers: true,
  description: 'One change of a plan: the audit entry that would be written.',
})
export class PlannedChange {
  @Field(() => String, { description: 'What would be done, as `noun.verb`.' }) action!: string;
}

@Resolver(() => PlannedChange)
export class PlannedChangeFields {
  /** Null for an object that the plan would make. */
  @FieldResolver(() => Node, {
    nullable: true,
    description: 'The object it would be done to; null when it would only be made.',
  })
  subject(
    @Root() { tenantId, subject }: PlannedEntry,
    @Ctx() context: Context,
  ): Promise<object | null> | null {
    return subject.id === null
      ? null
      : context.loaders(context.at(tenantId)).nodeOf(subject.type, subject.id);
  }

  @FieldResolver(() => String, {
    description: 'Name of the subject, also of one that would only be made.',
  })
  subjectName(@Root() { subject }: PlannedEntry): string {
    return subject.name;
  }

  @FieldResolver(() => [AttributeChange], {
    description: 'Each attribute that would change, with its value before and after.',
  })
  attributes(@Root() { changes }: PlannedEntry): ChangeFacts[] {
    return changes ?? [];
  }

  @FieldResolver(() => String, { description: 'Why it would be done, in a sentence.' })
  reason(@Root() entry: PlannedEntry): string {
    const summary = entry.explanation?.['summary'];
    return (
      entry.reason ?? (typeof summary === 'string' ? summary : 'It follows from what was asked.')
    );
  }
}

const PlannedChangeConnection = connectionOf(
  'PlannedChange',
  'A page of planned changes.',
  () => PlannedChange,
);

@ArgsType()
class ChangesArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description: 'How many from the start, 0 to 500.',
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: 'Only those after this cursor.' }) after?:
    string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a change would do: it was carried out and rolled back.',
})
export class ChangePlan implements Pick<Plan, 'digest'> {
  @Field(() => String, {
    description: 'Hand it back as `expectedPlan`, and nothing else than this plan is done.',
  })
  digest!: string;
}

@Resolver(() => ChangePlan)
export class ChangePlanFields {
  @FieldResolver(() => ChangeSummary, {
    description: 'How many changes of each kind there would be.',
  })
  summary(@Root() { entries }: PlanSource): ChangeSummary {
    return summaryOf(entries);
  }

  @FieldResolver(() => PlannedChangeConnection, {
    description: 'The changes in the order in which they would be recorded.',
  })
  changes(
    @Root() { tenantId, entries }: PlanSource,
    @Args(() => ChangesArgs) args: ChangesArgs,
  ): LazyConnection<PlannedEntry> {
    return new LazyConnection(
      async () =>
        pageOfList(
          entries.map(entry => ({ ...entry, tenantId })),
          args,
        ),
      async () => entries.length,
    );
  }
}
