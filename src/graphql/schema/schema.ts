import 'reflect-metadata';
import {
  type GraphQLSchema,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  specifiedDirectives,
} from 'graphql';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { useFastResolvers } from './fast-resolvers.ts';
import { IdempotentDirective } from './idempotent.ts';
import { countEntries } from '../http/limits/entries.ts';
import { mutations } from '../mutations/index.ts';
import { reads } from '../queries/index.ts';
import { ConflictError, ReadOnlyError, SimpleError } from './user-errors.ts';
import { subscriptions } from '../subscriptions/index.ts';
import { reachedAsNode } from '../types/index.ts';

/** type-graphql wants one before it makes a subscription; ours follow the audit log instead. */
const UNUSED: PubSub = {
  publish: () => {},
  subscribe: () => {
    throw new Error('Nothing is published.');
  },
};

const roots: Record<string, string> = {
  Query: 'Reads.',
  Mutation:
    'Writes. Each takes one `input`, may be dry-run, and returns the object and `userErrors`.',
  Subscription: 'Live updates.',
};

let built: GraphQLSchema | undefined;

/** The schema, made once: it depends on nothing but the code. */
export function directorySchema(): GraphQLSchema {
  return (built ??= build());
}

/** What is promised to callers, as it stands in `schema/directory.graphql`. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(directorySchema()))}\n`;
}

function build(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...reads, ...mutations, ...subscriptions] as unknown as NonEmptyArray<Function>,
    orphanedTypes: [...reachedAsNode, SimpleError, ReadOnlyError, ConflictError],
    directives: [...specifiedDirectives, IdempotentDirective],
    validate: false,
    pubSub: UNUSED,
  });
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    useFastResolvers(type);
    countEntries(type);
    type.description ??= roots[type.name];
  }
  return schema;
}
