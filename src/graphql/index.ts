/** The GraphQL door: one way of saying what the directory knows and does. */
export { type GraphqlDoor, graphqlDoor, type GraphqlParts } from './door.ts';
export { schemaText } from './schema.ts';
