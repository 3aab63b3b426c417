import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  getNullableType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { LIMITS } from './limits.ts';
import { leafWeightOf, lengthOf, weightOf } from './weights.ts';

export interface PricedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  variables: Readonly<Record<string, unknown>>;
}

const OBJECTS_PER_POINT = 100;
const MUTATION_WEIGHT = 10;

/**
 * The price of an operation: one point for every hundred objects that its answer could hold at
 * most. Leaves are free, an object counts one (more with a document in it, see weights.ts), a
 * connection its page size times the price of an entry.
 */
export function priceOf(priced: PricedOperation): number {
  const root = priced.schema.getRootType(priced.operation.operation);
  if (!root) return 0;
  return Math.max(
    1,
    Math.ceil(
      new Pricing(priced).selections(priced.operation.selectionSet, root, 1) / OBJECTS_PER_POINT,
    ),
  );
}

class Pricing {
  readonly #priced: PricedOperation;
  readonly #fragments = new Map<string, number>();

  constructor(priced: PricedOperation) {
    this.#priced = priced;
  }

  selections({ selections }: SelectionSetNode, parent: GraphQLCompositeType, page: number): number {
    let price = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) price += this.#field(selection, parent, page);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        price += this.selections(
          selection.selectionSet,
          this.#typeOf(selection.typeCondition?.name.value) ?? parent,
          page,
        );
      else price += this.#fragment(selection.name.value, page);
    }
    return price;
  }

  /**
   * A fragment is priced once per page size, so that nested fragments do not make pricing itself
   * expensive.
   */
  #fragment(name: string, page: number): number {
    const fragment = this.#priced.fragments.get(name);
    const type = this.#typeOf(fragment?.typeCondition.name.value);
    if (!fragment || !type) return 0;
    const key = `${page} ${name}`;
    let price = this.#fragments.get(key);
    if (price === undefined)
      this.#fragments.set(key, (price = this.selections(fragment.selectionSet, type, page)));
    return price;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, page: number): number {
    const field = fieldOf(parent, node.name.value);
    if (!field || field === SchemaMetaFieldDef || field === TypeMetaFieldDef) return 0;
    const type = getNamedType(field.type);
    if (!isCompositeType(type) || !node.selectionSet)
      return node.name.value === 'totalCount' ? 1 : leafWeightOf(parent.name, node.name.value);
    const below = (size: number) =>
      this.selections(node.selectionSet as SelectionSetNode, type, size);
    if (type.name.endsWith('Connection'))
      return 1 + below(pageSize(node, field, this.#priced.variables));
    if (type.name.endsWith('Edge')) return page * below(1);
    const itself =
      parent === this.#priced.schema.getMutationType() ? MUTATION_WEIGHT : weightOf(type.name);
    return this.#length(node, field, parent, page) * (itself + below(1));
  }

  #length(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLCompositeType,
    page: number,
  ): number {
    if (!isListType(getNullableType(field.type))) return 1;
    if (parent.name.endsWith('Connection')) return page;
    const ids = argument(node, 'ids', this.#priced.variables);
    return Array.isArray(ids) ? ids.length : lengthOf(parent.name, field.name);
  }

  #typeOf(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#priced.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function fieldOf(
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

/** The page size of a connection. Whether it is allowed, the directory decides. */
function pageSize(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  variables: PricedOperation['variables'],
): number {
  const sizes = ['first', 'last']
    .map(name => argument(node, name, variables))
    .filter(size => typeof size === 'number');
  if (sizes.length > 0) return Math.max(0, ...sizes);
  return Number(field.args.find(arg => arg.name === 'first')?.defaultValue ?? LIMITS.pageSize);
}

function argument(node: FieldNode, name: string, variables: PricedOperation['variables']): unknown {
  const value = node.arguments?.find(argument => argument.name.value === name)?.value;
  return value === undefined ? undefined : valueOf(value, variables);
}

function valueOf(value: ValueNode, variables: PricedOperation['variables']): unknown {
  return valueFromASTUntyped(value, variables);
}
