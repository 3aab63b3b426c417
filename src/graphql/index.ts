/** The GraphQL door: one way of saying what the directory knows and does. */
export { graphqlDoor } from './http/door.ts';
export { schemaText } from './schema/schema.ts';
