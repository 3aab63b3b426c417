// Before any class with decorators is loaded.
import 'reflect-metadata';

/** The GraphQL facade over the directory. */
export { graphqlDoor } from './http/door.ts';
export type { PlanMode } from './planned/planned-queries.ts';
export { schemaText } from './schema/schema.ts';
