import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

const LEVELS_OF_A_CONNECTION = 3;
const found = new WeakMap<FieldNode, Map<string, boolean>>();

/**
 * Whether a connection's entries are selected with this field: `edges { node { name } }` or `nodes
 * { name }`. Cached per field of a document.
 */
export function isSelected({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  const field = fieldNodes[0] as FieldNode;
  let byName = found.get(field);
  if (!byName) found.set(field, (byName = new Map<string, boolean>()));
  let selected = byName.get(name);
  if (selected === undefined)
    byName.set(
      name,
      (selected = fieldNodes.some(({ selectionSet }) =>
        hasSelection(selectionSet, name, LEVELS_OF_A_CONNECTION, fragments),
      )),
    );
  return selected;
}

function hasSelection(
  selections: SelectionSetNode | undefined,
  name: string,
  levels: number,
  fragments: GraphQLResolveInfo['fragments'],
): boolean {
  if (!selections || levels === 0) return false;
  return selections.selections.some(selection => {
    switch (selection.kind) {
      case Kind.FIELD:
        return (
          selection.name.value === name ||
          hasSelection(selection.selectionSet, name, levels - 1, fragments)
        );
      case Kind.INLINE_FRAGMENT:
        return hasSelection(selection.selectionSet, name, levels, fragments);
      // Fragments within fragments are not followed: their rows are then loaded without prefetch.
      case Kind.FRAGMENT_SPREAD:
        return hasSelection(
          withoutSpreads(fragments[selection.name.value]?.selectionSet),
          name,
          levels,
          fragments,
        );
    }
  });
}

const withoutSpreads = (selections: SelectionSetNode | undefined): SelectionSetNode | undefined =>
  selections && {
    ...selections,
    selections: selections.selections.filter(({ kind }) => kind !== Kind.FRAGMENT_SPREAD),
  };
