import 'reflect-metadata';
import { type GraphQLSchema, isObjectType, lexicographicSortSchema, printSchema, specifiedDirectives } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { IdempotentDirective } from './idempotent.ts';
import { countEntries } from './limits/entries.ts';
import { mutations } from './mutations/index.ts';
import { reads } from './queries/index.ts';
import { subscriptions } from './subscriptions/index.ts';

let built: GraphQLSchema | undefined;

/** The schema, made once: it depends on nothing but the code. */
export function directorySchema(): GraphQLSchema {
  return built ??= build();
}

/** What is promised to callers, as it stands in `schema/directory.graphql`. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(directorySchema()))}\n`;
}

function build(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...reads, ...mutations, ...subscriptions] as unknown as NonEmptyArray<Function>,
    orphanedTypes: [],
    directives: [...specifiedDirectives, IdempotentDirective],
    validate: false,
  });
  for (const type of Object.values(schema.getTypeMap())) if (isObjectType(type)) countEntries(type);
  return schema;
}
