import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

const LEVELS_OF_A_CONNECTION = 3;
const found = new WeakMap<FieldNode, Map<string, boolean>>();

/** Is this asked of the entries of a connection: `edges { node { name } }` or `nodes { name }`? Looked at once for each field of a document. */
export function isAskedBelow({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  const field = fieldNodes[0] as FieldNode;
  let ofField = found.get(field);
  if (!ofField) found.set(field, (ofField = new Map<string, boolean>()));
  let asked = ofField.get(name);
  if (asked === undefined)
    ofField.set(
      name,
      (asked = fieldNodes.some(({ selectionSet }) =>
        within(selectionSet, name, LEVELS_OF_A_CONNECTION, fragments),
      )),
    );
  return asked;
}

function within(
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
          within(selection.selectionSet, name, levels - 1, fragments)
        );
      case Kind.INLINE_FRAGMENT:
        return within(selection.selectionSet, name, levels, fragments);
      // A fragment of a fragment is not followed: then the rows are read when they are asked for, as ever.
      case Kind.FRAGMENT_SPREAD:
        return within(
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
