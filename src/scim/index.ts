/** The SCIM door: RFC 7643, 7644 and 9865 over the members and teams of one provider. */
export { scimDoor } from './door.ts';
