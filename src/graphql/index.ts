/** The GraphQL facade over the directory. */
export { graphqlDoor } from './http/door.ts';
export { schemaText } from './schema/schema.ts';
