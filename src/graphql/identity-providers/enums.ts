import type {
  AdoptionPolicy as Adoption,
  ExtensionAttribute,
  InvitationPolicy as Inviting,
  ProviderKind,
  ProvisioningState as Provisioning,
  SignIn,
} from '../../directory/index.ts';
import { words } from '../schema/enums.ts';

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
