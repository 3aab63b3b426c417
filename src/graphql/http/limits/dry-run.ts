import {
  type DocumentNode,
  type GraphQLSchema,
  getArgumentValues,
  type GraphQLObjectType,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { PricedOperation } from './price.ts';

/**
 * Whether the operation selects `viewer { rateLimit(dryRun: true) }`. Then nothing else of it is
 * executed.
 */
export function isPriceQuery({
  schema,
  operation,
  fragments,
  variables,
}: PricedOperation): boolean {
  const viewer = schema.getType('Viewer') as GraphQLObjectType | undefined;
  const rateLimit = viewer?.getFields()['rateLimit'];
  if (!rateLimit || operation.operation !== OperationTypeNode.QUERY) return false;
  const seen = new Set<string>();
  const selects = ({ selections }: SelectionSetNode, path: readonly string[]): boolean =>
    selections.some(selection => {
      if (selection.kind === Kind.INLINE_FRAGMENT) return selects(selection.selectionSet, path);
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        const visited = `${path.length} ${selection.name.value}`;
        return (
          !!fragment &&
          !seen.has(visited) &&
          selects((seen.add(visited), fragment.selectionSet), path)
        );
      }
      if (selection.name.value !== path[0]) return false;
      if (path.length === 1)
        return getArgumentValues(rateLimit, selection, variables)['dryRun'] === true;
      return !!selection.selectionSet && selects(selection.selectionSet, path.slice(1));
    });
  return selects(operation.selectionSet, ['viewer', 'rateLimit']);
}

/** The document without any field but the price. */
export function priceDocument(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const types = new TypeInfo(schema);
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter(node) {
          const parent = types.getParentType()?.name;
          const kept =
            parent === 'Query'
              ? node.name.value === 'viewer'
              : parent === 'Viewer'
                ? node.name.value === 'rateLimit'
                : true;
          return kept || node.name.value === '__typename' ? undefined : null;
        },
      },
    }),
  );
}
