import { createHash } from 'node:crypto';
import {
  DirectiveLocation,
  getDirectiveValues,
  GraphQLDirective,
  GraphQLNonNull,
  type GraphQLResolveInfo,
  GraphQLString,
} from 'graphql';
import type { Directory, Refusal } from '../../directory/index.ts';

export const IdempotentDirective = new GraphQLDirective({
  name: 'idempotent',
  description:
    'Makes a mutation safe to retry: the same key and variables return the first result for ' +
    '24 hours.',
  locations: [DirectiveLocation.FIELD],
  args: {
    key: {
      type: new GraphQLNonNull(GraphQLString),
      description: 'Client-chosen key, 10 to 255 characters.',
    },
  },
});

type MutationResult = Record<string, unknown>;

/**
 * Runs a mutation, or returns the stored result when its field carries a key that was used before.
 */
export async function runOnce(
  directory: Directory,
  info: GraphQLResolveInfo,
  input: object,
  run: () => Promise<MutationResult>,
  refused: (refusal: Refusal) => MutationResult,
): Promise<MutationResult> {
  const key = keyOf(info);
  if (key === null) return run();
  return directory.idempotency.once(key, fingerprintOf(info, input), { run, refused });
}

function keyOf({ fieldNodes, variableValues }: GraphQLResolveInfo): string | null {
  const [field] = fieldNodes;
  return (
    (field &&
      (getDirectiveValues(IdempotentDirective, field, variableValues)?.['key'] as
        string | undefined)) ??
    null
  );
}

/** A digest of mutation and input. Aliases and selections do not count. */
function fingerprintOf({ fieldName }: GraphQLResolveInfo, input: object): string {
  return createHash('sha256')
    .update(JSON.stringify([fieldName, sorted(input)]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, sorted(each)]);
}
