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

/**
 * Notes the type of a row for fields that return an interface or a union; rows themselves carry
 * none.
 */
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
      'Opaque, stable, globally unique. The same string appears in SCIM, audit ' +
      'entries, mails and logs.',
  })
  id!: string;
}

let provenance: ClassType;
/**
 * Breaks an import cycle: members and teams implement this interface when they are defined, and
 * Provenance is defined after them.
 */
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
