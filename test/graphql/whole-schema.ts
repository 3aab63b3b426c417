import {
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

/**
 * Types that are objects with an id, and what can be asked of each without saying more than what is
 * wanted.
 */
export function nodeFields(
  schema: GraphQLSchema,
): [type: string, field: GraphQLField<unknown, unknown>][] {
  const kinds = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(type => type.getInterfaces().some(({ name }) => name === 'Node'));
  return kinds.flatMap(type =>
    Object.values(type.getFields())
      .filter(isAskable)
      .map((field): [string, GraphQLField<unknown, unknown>] => [type.name, field]),
  );
}

/** A field with everything below it, so many levels down. */
export function everythingOf(field: GraphQLField<unknown, unknown>, depth: number): string {
  const type = getNamedType(field.type);
  const page = type.name.endsWith('Connection') ? '(first: 3)' : '';
  return `${field.name}${page} ${selection(type, type.name.endsWith('Connection') || type.name.endsWith('Edge') ? depth : depth - 1)}`;
}

export function selection(type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return '';
  if (isInterfaceType(type)) return '{ __typename id }';
  if (isUnionType(type))
    return `{ __typename ${type
      .getTypes()
      .filter(({ name }) => name !== 'Member')
      .map(each => `... on ${each.name} ${selection(each, Math.min(depth, 1))}`)
      .join(' ')} ... on Member { id } }`;
  return `{ __typename ${Object.values((type as GraphQLObjectType).getFields())
    .filter(isAskable)
    .filter(field => depth > 0 || isLeafType(getNamedType(field.type)))
    .map(field => everythingOf(field, depth))
    .join(' ')} }`;
}

const isAskable = (field: GraphQLField<unknown, unknown>): boolean =>
  !field.args.some(arg => isNonNullType(arg.type));
