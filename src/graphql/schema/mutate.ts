import type { GraphQLResolveInfo } from 'graphql';
import { type Directory, Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { once } from './idempotent.ts';
import type { PlanSource } from './change-plan.ts';
import { complaintsAbout } from './input-check.ts';
import { readAgain } from './read-again.ts';
import { type Refused, refusedBy } from './refused.ts';

/** What every payload holds: its object when the change was made, its plan when it was only asked for, or the reasons why not. */
export type Said<Answer> = Partial<Answer> & { plan?: PlanSource; userErrors: Refused[] };

interface Asked {
  dryRun?: boolean | null;
  expectedPlan?: string | null | undefined;
  tenantId?: string | null | undefined;
  parentId?: string | null | undefined;
}

/**
 * The one shape of a mutation: check the input's form, enter the tenant, let the directory do the work as one change (or, for a
 * dry run, plan it), say the answer. A refusal leaves nothing half done: the object is null and `userErrors` says why.
 */
export async function mutate<T, Answer extends object>(
  { context, info, input }: { context: Context; info: GraphQLResolveInfo; input: object },
  work: (directory: Directory) => Promise<T>,
  say: (done: T) => Answer | Promise<Answer>,
): Promise<Said<Answer>> {
  let directory = context.directory;
  const { dryRun, expectedPlan, tenantId, parentId }: Asked = input;
  const refused = (refusal: Refusal) => ({ userErrors: refusedBy(refusal, directory, input) });
  try {
    const complaints = complaintsAbout(input, inputTypeOf(info));
    if (complaints.length > 0)
      return {
        userErrors: complaints.map(complaint => ({
          kind: 'SimpleError',
          tenantId: directory.tenantId,
          ...complaint,
        })),
      } as unknown as Said<Answer>;
    directory = await enter(context, { tenantId, parentId });
    if (dryRun)
      return {
        plan: { ...(await directory.plan(() => work(directory))), tenantId: directory.tenantId },
        userErrors: [],
      } as unknown as Said<Answer>;
    const answer = (await once(
      directory,
      info,
      input,
      async () => {
        const done =
          expectedPlan == null
            ? await work(directory)
            : await directory.changeAsPlanned(expectedPlan, () => work(directory));
        return { ...(await say(done)), userErrors: [] };
      },
      refused,
    )) as Said<Answer>;
    return await readAgain(context, directory, info, answer);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refused(refusal) as Said<Answer>;
    throw refusal;
  } finally {
    context.forget();
  }
}

function inputTypeOf({ parentType, fieldName }: GraphQLResolveInfo) {
  const input = parentType.getFields()[fieldName]?.args.find(({ name }) => name === 'input');
  if (!input) throw new Error(`The mutation ${fieldName} takes no input.`);
  return input.type;
}

async function enter(context: Context, { tenantId, parentId }: Asked): Promise<Directory> {
  return parentId
    ? context.enter(parentId).catch(refusal => {
        throw refusal instanceof Refusal ? refusal.at('parentId') : refusal;
      })
    : context.enter(tenantId);
}
