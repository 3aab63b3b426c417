import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { Directory } from '../../directory/index.ts';
import type { Context } from '../context.ts';

/** The fields of payloads that hold objects, and the batch that reads each by its id. */
const BATCHES = {
  member: 'member',
  members: 'member',
  team: 'team',
  role: 'role',
  mappings: 'mapping',
  identityProvider: 'provider',
  cases: 'conflict',
} as const;

/**
 * Reads the objects of a payload again, in the snapshot that the rest of the payload is read in:
 * another request may have changed what hangs on them since. An object that is gone stays as the
 * change left it. Payloads that select only values of their objects, and idempotent ones, stay as
 * they are.
 */
export async function readAgain<Answer extends object>(
  context: Context,
  directory: Directory,
  info: GraphQLResolveInfo,
  answer: Answer,
): Promise<Answer> {
  const [field] = info.fieldNodes as [FieldNode];
  const isRepeatable = field.directives?.some(({ name }) => name.value === 'idempotent');
  if (isRepeatable || levels(field.selectionSet, info) < 3) return answer;
  context.forget();
  const loaders = context.loaders(directory);
  const read = async (name: keyof typeof BATCHES, row: { id: string }): Promise<object> =>
    (await loaders.load(BATCHES[name], row.id)) ?? row;
  const entries = Object.entries(answer).map(async ([name, value]: [string, unknown]) => {
    if (!Object.hasOwn(BATCHES, name) || !value) return [name, value] as const;
    const kind = name as keyof typeof BATCHES;
    const rows = value as { id: string } | { id: string }[];
    return [
      name,
      Array.isArray(rows)
        ? await Promise.all(rows.map(row => read(kind, row)))
        : await read(kind, rows),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Answer;
}

/** The depth of a selection. */
function levels(selections: SelectionSetNode | undefined, info: GraphQLResolveInfo): number {
  if (!selections) return 0;
  const below = selections.selections.map(selection => {
    switch (selection.kind) {
      case Kind.FIELD:
        return 1 + levels(selection.selectionSet, info);
      case Kind.INLINE_FRAGMENT:
        return levels(selection.selectionSet, info);
      case Kind.FRAGMENT_SPREAD:
        return levels(info.fragments[selection.name.value]?.selectionSet, info);
    }
  });
  return Math.max(0, ...below);
}
