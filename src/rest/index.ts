/** The door of the REST records, and of the token endpoint beside them. */
export { restDoor } from './door.ts';
