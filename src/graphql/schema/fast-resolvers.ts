import type { GraphQLFieldResolver, GraphQLObjectType } from 'graphql';
import type { Context } from '../context.ts';

type Resolve = GraphQLFieldResolver<unknown, Context>;
type Part = { kind: string; index: number; propertyName?: string; getType?: unknown };
interface DecoratedField {
  kind: string;
  schemaName: string;
  methodName: string;
  target: new () => Record<string, (...parts: unknown[]) => unknown>;
  params?: Part[];
  middlewares?: unknown[];
  getObjectType?: () => { name: string };
}

/** The metadata of the decorators. type-graphql exports it nowhere else. */
const decorated = (): readonly DecoratedField[] =>
  (
    globalThis as unknown as {
      TypeGraphQLMetadataStorage?: { fieldResolvers: readonly DecoratedField[] };
    }
  ).TypeGraphQLMetadataStorage?.fieldResolvers ?? [];

/**
 * Replaces the resolvers of a type's fields by direct calls of their methods. type-graphql looks up
 * an instance, sorts the parameters, copies the arguments into a class and awaits a validation that
 * is switched off, for each of the hundreds of fields of an answer. Fields with other parameters
 * keep its resolver.
 */
export function useFastResolvers(type: GraphQLObjectType): void {
  const fields = type.getFields();
  for (const {
    kind,
    schemaName,
    methodName,
    target,
    params = [],
    middlewares = [],
    getObjectType,
  } of decorated()) {
    const field = getObjectType?.().name === type.name ? fields[schemaName] : undefined;
    if (!field || kind !== 'external' || middlewares.length > 0) continue;
    const parts = params.toSorted((a, b) => a.index - b.index).map(partOf);
    if (parts.every(part => part !== undefined))
      field.resolve = bound(new target(), methodName, parts);
  }
}

type PickArgument = (...call: Parameters<Resolve>) => unknown;

function partOf({ kind, propertyName, getType }: Part): PickArgument | undefined {
  if (propertyName !== undefined) return undefined;
  switch (kind) {
    case 'root':
      return getType === undefined ? source => source : undefined;
    case 'args':
      return (_source, args) => args;
    case 'context':
      return (_source, _args, context) => context;
    case 'info':
      return (_source, _args, _context, info) => info;
    default:
      return undefined;
  }
}

function bound(
  resolver: Record<string, (...parts: unknown[]) => unknown>,
  methodName: string,
  parts: readonly PickArgument[],
): Resolve {
  const [first, second, third, fourth] = parts;
  if (!first) return () => resolver[methodName]?.();
  if (!second) return (...call) => resolver[methodName]?.(first(...call));
  if (!third) return (...call) => resolver[methodName]?.(first(...call), second(...call));
  if (!fourth)
    return (...call) => resolver[methodName]?.(first(...call), second(...call), third(...call));
  return (...call) => resolver[methodName]?.(...parts.map(part => part(...call)));
}
