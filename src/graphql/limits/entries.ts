import { defaultFieldResolver, getNamedType, type GraphQLObjectType } from 'graphql';
import type { Context } from '../context.ts';
import { LIMITS } from './limits.ts';
import { tooMuch } from './too-much.ts';

/**
 * The price says what an answer could hold at most; this counts what a running operation really asks for, before the next
 * level is fetched: ten teams at 500 a page are fine, ten thousand are not.
 */
export function countEntries(type: GraphQLObjectType): void {
  for (const field of Object.values(type.getFields())) {
    const named = getNamedType(field.type);
    if (!named.name.endsWith('Connection')) continue;
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (
      source,
      args: { first?: number | null; last?: number | null },
      context: Context,
      info,
    ) => {
      context.entriesAsked += Math.max(args.last ?? 0, args.first ?? 0);
      if (context.entriesAsked > LIMITS.entries) {
        throw tooMuch(
          `This operation asks for more than ${LIMITS.entries} entries; ask for smaller pages.`,
          'QUERY_TOO_EXPENSIVE',
          400,
          { limit: LIMITS.entries },
        );
      }
      return resolve(source, args, context, info);
    };
  }
}
