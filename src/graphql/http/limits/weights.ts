/** What one object of these types counts in a price; they hold documents. All others count one. */
const OBJECTS: Readonly<Record<string, number>> = {
  AuditEntry: 15,
  ConflictCase: 15,
  PlannedChange: 15,
  ProvisioningReportRow: 15,
  ScimRequest: 15,
};

/** What these leaves count: each is a read of up to 16,000 characters. All others are free. */
const LEAVES: Readonly<Record<string, number>> = {
  'ScimRequest.requestBody': 60,
  'ScimRequest.responseBody': 60,
};

/**
 * The assumed length of lists without pages. Their real bounds are enforced where they are read.
 */
const LENGTHS: Readonly<Record<string, number>> = {
  'AuditEntry.changes': 1, // counted with the entry
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

/** The assumed length of a list that is missing above. */
const UNKNOWN = 100;

export const lengthOf = (typeName: string, fieldName: string): number =>
  fieldName === 'userErrors' ? ERRORS : (LENGTHS[`${typeName}.${fieldName}`] ?? UNKNOWN);
