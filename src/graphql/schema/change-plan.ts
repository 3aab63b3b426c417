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

/** A plan, and the tenant that it is about. */
export interface PlanSource extends Plan {
  tenantId: string;
}
type PlannedEntry = Entry & { tenantId: string };

@ObjectType({ simpleResolvers: true, description: 'Before and after.' })
export class AttributeChange implements ChangeFacts {
  @Field(() => String, { description: 'Name.' }) name!: string;
  @Field(() => Json, { nullable: true, description: 'Before.' }) before?: unknown;
  @Field(() => Json, { nullable: true, description: 'After.' }) after?: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'Totals of a plan.' })
export class ChangeSummary {
  @Field(() => Int, { description: 'Created.' }) created = 0;
  @Field(() => Int, { description: 'Updated.' }) updated = 0;
  @Field(() => Int, { description: 'Disabled.' }) disabled = 0;
  @Field(() => Int, { description: 'Deleted.' }) deleted = 0;
  @Field(() => Int, { description: 'Role changes.' }) roleChanges = 0;
  @Field(() => Int, { description: 'Membership changes.' }) membershipChanges = 0;
  @Field(() => Int, { description: 'Conflicts.' }) conflicts = 0;
}

/** What each verb counts as; one that is not named here changes something that was there before. */
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
    // One object has one entry, which may say beside other things that its role changes.
    if ((kind === 'updated' || kind === 'disabled') && changes?.some(({ name }) => name === 'role'))
      summary.roleChanges++;
  }
  return summary;
}

@ObjectType({ simpleResolvers: true, description: 'One planned change.' })
export class PlannedChange {
  @Field(() => String, { description: 'What.' }) action!: string;
}

@Resolver(() => PlannedChange)
export class PlannedChangeFields {
  /** What the plan would make is not there yet. */
  @FieldResolver(() => Node, { nullable: true, description: 'On whom.' })
  subject(
    @Root() { tenantId, subject }: PlannedEntry,
    @Ctx() context: Context,
  ): Promise<object | null> | null {
    return subject.id === null
      ? null
      : context.loaders(context.at(tenantId)).nodeOf(subject.type, subject.id);
  }

  @FieldResolver(() => String, { description: 'Name to show.' })
  subjectName(@Root() { subject }: PlannedEntry): string {
    return subject.name;
  }

  @FieldResolver(() => [AttributeChange], { description: 'Attributes before and after.' })
  attributes(@Root() { changes }: PlannedEntry): ChangeFacts[] {
    return changes ?? [];
  }

  @FieldResolver(() => String, { description: 'Why.' })
  reason(@Root() entry: PlannedEntry): string {
    const summary = entry.explanation?.['summary'];
    return (
      entry.reason ?? (typeof summary === 'string' ? summary : 'It follows from what was asked.')
    );
  }
}

const PlannedChangeConnection = connectionOf(
  'PlannedChange',
  'Planned changes.',
  () => PlannedChange,
);

@ArgsType()
class ChangesArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description: 'How many from the start, at most 500.',
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: 'Only those after this cursor.' }) after?:
    string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A planned difference.' })
export class ChangePlan implements Pick<Plan, 'digest'> {
  @Field(() => String, { description: 'Digest to hand to apply, so that nothing else is applied.' })
  digest!: string;
}

@Resolver(() => ChangePlan)
export class ChangePlanFields {
  @FieldResolver(() => ChangeSummary, { description: 'Totals.' })
  summary(@Root() { entries }: PlanSource): ChangeSummary {
    return summaryOf(entries);
  }

  @FieldResolver(() => PlannedChangeConnection, { description: 'Changes.' })
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
