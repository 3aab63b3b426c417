import { registerEnumType } from 'type-graphql';
import type {
  AdoptionPolicy as Adoption,
  ConflictChoice as Choice,
  ExtensionAttribute,
  InvitationPolicy as Inviting,
  MemberState as State,
  Origin as From,
  Outcome as Ending,
  Permission as Permitted,
  ProviderKind,
  ProvisioningState as Provisioning,
  RoleRule as Rule,
  SignIn,
} from '../../directory/index.ts';
import type { ErrorCode as Code } from '../errors.ts';

/** A closed set of words, each with what it means. A word that the directory knows does not compile until it is described here. */
function words<Word extends string>(
  name: string,
  description: string,
  meanings: Record<Word, string>,
): { readonly [W in Word]: W } {
  const known = Object.keys(meanings) as Word[];
  const values = Object.fromEntries(known.map(word => [word, word])) as { [W in Word]: W };
  const valuesConfig = Object.fromEntries(
    known.map(word => [word, { description: meanings[word] }]),
  ) as { [W in Word]: { description: string } };
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

export const ErrorCode = words<Code>('ErrorCode', 'Every stable error reason of this API.', {
  PROVISIONED_READ_ONLY: 'The object is owned by a provider whose provisioning is on.',
  MANUAL_MEMBER_IN_PROVISIONED_TEAM: 'The team is provisioned and the member is not.',
  ROLE_LOCKED: 'The role is locked.',
  ROLE_RULED: 'The role is decided by the rules; lock it to set it by hand.',
  ALREADY_TAKEN: 'The value is taken inside this tenant.',
  INVALID: 'The value is not acceptable.',
  NOT_FOUND: 'No such object, or not visible to this viewer.',
  FORBIDDEN: 'The viewer lacks the permission.',
  STALE_VERSION: 'Somebody changed the object since `expectedVersion`.',
  FEATURE_OFF: 'The provider has this operation switched off.',
  LAST_OWNER: 'The last person able to administer this tenant would be lost.',
});

export type CredentialWord = 'PERSONAL' | 'SCIM' | 'SERVICE' | 'SESSION';
export const CredentialKind = words<CredentialWord>('CredentialKind', 'Kinds of credential.', {
  PERSONAL: "Owner's personal token.",
  SCIM: 'Token holding only the SCIM permission.',
  SERVICE: 'Product frontend token.',
  SESSION: 'Browser session.',
});

export const Permission = words<Permitted>('Permission', 'Permissions of the API.', {
  DIRECTORY_READ: 'Read the directory.',
  DIRECTORY_WRITE: 'Change members and teams.',
  ROLE_ADMIN: 'Change roles, mappings and locks.',
  PROVISIONING_ADMIN: 'Manage identity providers and credentials.',
  SCIM_INTEGRATE: 'Use the SCIM endpoint.',
  AUDIT_READ: 'Read audit and reports.',
  TENANT_ADMIN: 'Administer child tenants.',
});

export const MemberState = words<State>('MemberState', 'Life-cycle state of a member.', {
  INVITED: 'Invited, not yet joined.',
  ACTIVE: 'May sign in.',
  DISABLED: 'Switched off by a provider or a person; shown as Disabled.',
  DELETED: 'Soft-deleted, restorable until `purgeAt`.',
});

export const RoleRule = words<Rule>('RoleRule', 'Rules that can decide a role.', {
  LOCK: 'Locked.',
  MANUAL: 'Set by a person.',
  TEAM_MAPPING: 'From a team mapping.',
  PUSHED_ROLE: 'From a mapping of a pushed role value.',
  DEFAULT: 'Default role.',
});

export const Origin = words<From>('Origin', 'Where a thing came from.', {
  MANUAL: 'Made here.',
  SCIM: 'Made by a provider over SCIM.',
  IMPORT: 'Imported from a provider.',
  JIT: 'Signed in before it was provisioned.',
});

export const IdentityProviderKind = words<ProviderKind>(
  'IdentityProviderKind',
  'Kinds of identity provider.',
  {
    ENTRA_ID: 'Microsoft Entra ID.',
    OKTA: 'Okta.',
    SCIM: 'Any other SCIM 2.0 system.',
    LDAP: 'An LDAP directory.',
    ACTIVE_DIRECTORY: 'Active Directory.',
  },
);

export const ProvisioningState = words<Provisioning>(
  'ProvisioningState',
  'States of provisioning.',
  {
    ON: 'Applies.',
    PAUSED: 'Keeps answering reads, refuses writes with a retry hint.',
    OFF: 'Switched off; its members became editable.',
  },
);

export const SignInProtocol = words<SignIn['protocol']>('SignInProtocol', 'Sign-in protocols.', {
  SAML: 'SAML 2.0.',
  OIDC: 'OpenID Connect.',
});

export const AdoptionPolicy = words<Adoption>(
  'AdoptionPolicy',
  'What a provider may do with what was made by hand.',
  {
    ADOPT: 'Take over on an exact match; origin stays MANUAL, `managed` becomes true.',
    ASK: 'Open a conflict case and let a person decide.',
  },
);

export const InvitationPolicy = words<Inviting>(
  'InvitationPolicy',
  'When new members are mailed.',
  {
    IMMEDIATE: 'At once.',
    WITHOUT_SSO: 'Only those without another way to sign in.',
    MANUAL: 'When a person releases them.',
    NEVER: 'Never.',
  },
);

export type HealthWord = 'OK' | 'NEVER_CONNECTED' | 'SILENT' | 'FAILING' | 'CREDENTIAL_EXPIRING';
export const HealthStatus = words<HealthWord>('HealthStatus', 'Health words.', {
  OK: 'Fine.',
  NEVER_CONNECTED: 'Never seen.',
  SILENT: 'Quieter than its rhythm.',
  FAILING: 'Failing.',
  CREDENTIAL_EXPIRING: 'Credential near its end.',
});

export const ExtensionType = words<ExtensionAttribute['type']>(
  'ExtensionType',
  'SCIM types of custom attributes.',
  {
    STRING: 'Text.',
    BOOLEAN: 'True or false.',
    INTEGER: 'Whole number.',
    DATE_TIME: 'Instant.',
  },
);

export const ConflictChoice = words<Choice>('ConflictChoice', 'Choices on a conflict.', {
  LINK_KEEP: 'Link to the candidate and keep its data.',
  LINK_OVERWRITE: 'Link and let the provider overwrite.',
  CREATE_NEW: 'Rename the local one and create.',
  REJECT: 'Refuse from now on.',
});

export const Outcome = words<Ending>('Outcome', 'Outcomes.', {
  SUCCESS: 'Done.',
  FAILURE: 'Failed.',
  SKIPPED: 'Nothing to do.',
});

export type OnboardingWord = 'NOT_SENT' | 'HELD' | 'SENT' | 'BOUNCED' | 'COMPLETED';
export const OnboardingState = words<OnboardingWord>('OnboardingState', 'Onboarding states.', {
  NOT_SENT: 'No mail yet.',
  HELD: 'Waiting for release.',
  SENT: 'Sent.',
  BOUNCED: 'Bounced.',
  COMPLETED: 'Opened and finished.',
});

export type DirectionWord = 'ASC' | 'DESC';
export const OrderDirection = words<DirectionWord>('OrderDirection', 'Directions.', {
  ASC: 'Up.',
  DESC: 'Down.',
});

export type MemberOrderWord = 'DISPLAY_NAME' | 'EMAIL' | 'CREATED_AT' | 'UPDATED_AT' | 'ROLE' | 'DEPARTMENT';
export const MemberOrderField = words<MemberOrderWord>('MemberOrderField', 'Member sort fields.', {
  DISPLAY_NAME: 'Display name.',
  EMAIL: 'Address.',
  CREATED_AT: 'Created.',
  UPDATED_AT: 'Changed.',
  ROLE: 'Role rank.',
  DEPARTMENT: 'Department.',
});

export type TeamOrderWord = 'NAME' | 'CREATED_AT' | 'MEMBER_COUNT';
export const TeamOrderField = words<TeamOrderWord>('TeamOrderField', 'Team sort fields.', {
  NAME: 'Name.',
  CREATED_AT: 'Created.',
  MEMBER_COUNT: 'Members.',
});
