import type { GraphQLResolveInfo } from 'graphql';
import { Arg, createParameterDecorator, type ClassType } from 'type-graphql';
import { type Directory, Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { PlanSource } from './change-plan.ts';
import { runOnce } from './idempotent.ts';
import { inputErrors } from './input-check.ts';
import { readAgain } from './read-again.ts';
import { userErrorsOf, type UserErrorSource } from './refusals.ts';

/** The decorator of a mutation's one argument. */
export const Input = (type: () => ClassType) =>
  Arg('input', type, { description: 'What to do, and whether to do it or only to plan it.' });

/** What a mutation needs beside its input. */
export interface MutationCall {
  context: Context;
  info: GraphQLResolveInfo;
}
export const Call = () =>
  createParameterDecorator<Context>(({ context, info }): MutationCall => ({ context, info }));

/**
 * The source of a payload: the object when the change was made, the plan of a dry run, or the
 * errors.
 */
export type MutationResult<Payload> = Partial<Payload> & {
  plan?: PlanSource;
  userErrors: UserErrorSource[];
};

interface MutationInput {
  dryRun?: boolean | null;
  expectedPlan?: string | null | undefined;
  tenantId?: string | null | undefined;
  parentId?: string | null | undefined;
}

/**
 * Runs a mutation: checks the input's form, enters the tenant, and lets the directory do the work
 * as one change, or plan it. After a refusal nothing is changed: the object is null and
 * `userErrors` holds the reasons.
 */
export async function mutate<T, Payload extends object>(
  { context, info }: MutationCall,
  input: object,
  work: (directory: Directory) => Promise<T>,
  toPayload: (outcome: T) => Payload | Promise<Payload>,
): Promise<MutationResult<Payload>> {
  let directory = context.directory;
  const { dryRun, expectedPlan, tenantId, parentId }: MutationInput = input;
  const refused = (refusal: Refusal) => ({ userErrors: userErrorsOf(refusal, directory, input) });
  try {
    const errors = inputErrors(input, inputTypeOf(info));
    if (errors.length > 0)
      return {
        userErrors: errors.map(error => ({
          kind: 'SimpleError',
          tenantId: directory.tenantId,
          ...error,
        })),
      } as unknown as MutationResult<Payload>;
    directory = await enter(context, { tenantId, parentId });
    if (dryRun)
      return {
        plan: { ...(await directory.plan(() => work(directory))), tenantId: directory.tenantId },
        userErrors: [],
      } as unknown as MutationResult<Payload>;
    const result = (await runOnce(
      directory,
      info,
      input,
      async () => {
        const outcome =
          expectedPlan == null
            ? await work(directory)
            : await directory.changeAsPlanned(expectedPlan, () => work(directory));
        return { ...(await toPayload(outcome)), userErrors: [] };
      },
      refused,
    )) as MutationResult<Payload>;
    return await readAgain(context, directory, info, result);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refused(refusal) as MutationResult<Payload>;
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

async function enter(context: Context, { tenantId, parentId }: MutationInput): Promise<Directory> {
  return parentId
    ? context.enter(parentId).catch(refusal => {
        throw refusal instanceof Refusal ? refusal.at('parentId') : refusal;
      })
    : context.enter(tenantId);
}
