import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Context } from '../../context.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { LIMITS } from './limits.ts';
import { leafWeightOf, weightOf } from './weights.ts';

type Field = GraphQLField<unknown, Context>;
interface PageArguments {
  first?: number | null;
  last?: number | null;
}

/**
 * Counts the entries that a running operation requests, before each level is fetched, so that one
 * answer is bounded in memory. The price is computed before from page sizes: ten teams of 500
 * members pass here, ten thousand do not.
 */
export function countEntries(type: GraphQLObjectType): void {
  if (/^__|(Connection|Edge)$/.test(type.name)) return;
  for (const field of Object.values(type.getFields()) as Field[]) {
    const named = getNamedType(field.type);
    const leaf = leafWeightOf(type.name, field.name);
    if (isObjectType(named) && named.name.endsWith('Connection')) {
      const weight = weightOf(nodeNameOf(named));
      countBefore(field, ({ first, last }) => weight * Math.max(last ?? 0, first ?? 0));
    } else if (leaf > 0) countBefore(field, () => leaf);
    else if (isCompositeType(named) && isListType(getNullableType(field.type)))
      countAfter(field, weightOf(named.name));
  }
}

function nodeNameOf(connection: GraphQLObjectType): string {
  return getNamedType(connection.getFields()['nodes']!.type).name;
}

function countBefore(field: Field, weigh: (args: PageArguments) => number): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args: PageArguments, context, info) => {
    count(context, weigh(args));
    return resolve(source, args, context, info);
  };
}

/** A list without pages is counted after it was read. */
function countAfter(field: Field, weight: number): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  const counted = (context: Context, list: unknown) => {
    if (Array.isArray(list)) count(context, weight * list.length);
    return list;
  };
  field.resolve = (source, args, context, info) => {
    const list: unknown = resolve(source, args, context, info);
    return list instanceof Promise
      ? list.then(known => counted(context, known))
      : counted(context, list);
  };
}

function count(context: Context, entries: number): void {
  context.entriesRequested += entries;
  if (context.entriesRequested > LIMITS.entries)
    throw limitExceeded(
      `This operation asks for more than ${LIMITS.entries} entries; ask for smaller pages.`,
      'QUERY_TOO_EXPENSIVE',
      400,
      { limit: LIMITS.entries },
    );
}
