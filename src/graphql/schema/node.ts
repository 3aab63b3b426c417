import { type ClassType, Field, ID, InterfaceType } from 'type-graphql';

export type NodeName =
  | 'Tenant'
  | 'Member'
  | 'Team'
  | 'Role'
  | 'RoleMapping'
  | 'ProviderLink'
  | 'IdentityProvider'
  | 'ProviderCredential'
  | 'ApiToken'
  | 'ConflictCase'
  | 'ScimRequest'
  | 'AuditEntry';

const names = new WeakMap<object, string>();

/** Rows are plain: where an answer may be one of several types, it is noted beside the row which one it is. */
export function tagType<T extends object>(name: NodeName, row: T): T;
export function tagType<T extends object>(name: NodeName, row: T | null): T | null;
export function tagType<T extends object>(name: NodeName, row: T | null): T | null {
  if (row !== null) names.set(row, name);
  return row;
}

export const typeNameOf = (row: object): string | undefined => names.get(row);

@InterfaceType('Node', { description: 'Anything that has an id.', resolveType: typeNameOf })
export abstract class Node {
  @Field(() => ID, {
    description:
      'Opaque, stable, globally unique. The same string appears in SCIM, audit entries, mails and logs.',
  })
  id!: string;
}

let provenance: ClassType;
/** Members and teams must know this interface before anything they refer to exists, so its one field learns its type later. */
export const setProvenanceType = (type: ClassType): void => {
  provenance = type;
};

@InterfaceType('Provenanced', {
  description: 'Anything that a person, a token or a provider can own.',
  resolveType: typeNameOf,
})
export abstract class Provenanced {
  @Field(() => provenance, { description: 'Where this came from and who may change it now.' })
  provenance!: object;
}
