/** What one object of these types counts in a price: rows with documents in them, where all others count one. */
const OBJECTS: Readonly<Record<string, number>> = {
  AuditEntry: 15,
  ConflictCase: 15,
  PlannedChange: 15,
  ProvisioningReportRow: 15,
  ScimRequest: 15,
};

/** Leaves that are read for each object that they are asked of, and hold up to 16,000 characters. All others are free. */
const LEAVES: Readonly<Record<string, number>> = {
  'ScimRequest.requestBody': 60,
  'ScimRequest.responseBody': 60,
};

/** How long a list without pages is taken to be. What it holds at most is said where it is read. */
const LENGTHS: Readonly<Record<string, number>> = {
  'AuditEntry.changes': 1, // part of the entry, and of what it counts
  'ConflictCase.candidates': 1,
  'ConflictPayload.cases': 500,
  'IdentityProvider.credentials': 10,
  'IdentityProvider.extensionAttributes': 20,
  'Member.attributes': 30,
  'Member.links': 1,
  'MembersPayload.members': 500,
  'PlannedChange.attributes': 1,
  'ProviderLink.drift': 10,
  'Query.nodes': 100,
  'RoleExplanation.candidates': 10,
  'RoleMappingsPayload.mappings': 100,
  'Tenant.attention': 100,
  'Tenant.roleMappings': 100,
  'Tenant.roles': 50,
  'Tenant.tokens': 100,
};
const ERRORS = 10;

export const weightOf = (typeName: string): number => OBJECTS[typeName] ?? 1;

export const leafWeightOf = (typeName: string, fieldName: string): number =>
  LEAVES[`${typeName}.${fieldName}`] ?? 0;

/** A list that nobody thought of is taken to be long. */
const UNKNOWN = 100;

export const lengthOf = (typeName: string, fieldName: string): number =>
  fieldName === 'userErrors' ? ERRORS : (LENGTHS[`${typeName}.${fieldName}`] ?? UNKNOWN);
