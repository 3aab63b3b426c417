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
  'The product behind a provider. Decides the icon and how long its silence is normal.',
  {
    ENTRA_ID: 'Microsoft Entra ID, formerly Azure Active Directory.',
    OKTA: 'Okta, as a workforce identity provider.',
    SCIM: 'Any other SCIM 2.0 system.',
    LDAP: 'An LDAP directory other than Active Directory.',
    ACTIVE_DIRECTORY: 'Microsoft Active Directory on premises.',
  },
);

export const ProvisioningState = words<Provisioning>(
  'ProvisioningState',
  'Whether a provider may push into this directory.',
  {
    ON: 'Pushes are applied; what is linked to the provider is read-only here.',
    PAUSED:
      'Reads are answered, writes are refused with a hint when to retry; what is ' +
      'linked stays read-only here.',
    OFF:
      'Nothing is answered and every secret is dead; what came from the provider can ' +
      'be edited here.',
  },
);

export const SignInProtocol = words<SignIn['protocol']>(
  'SignInProtocol',
  'Protocols by which people sign in at a provider.',
  {
    SAML: 'Security Assertion Markup Language 2.0.',
    OIDC: 'OpenID Connect, on top of OAuth 2.0.',
  },
);

export const AdoptionPolicy = words<Adoption>(
  'AdoptionPolicy',
  'What happens when a provider asks for the name of something that was made by hand.',
  {
    ADOPT:
      'What has exactly that name and can administer nothing is linked at once. Its ' +
      'origin stays MANUAL; `managed` becomes true.',
    ASK: 'A conflict case is opened and a person decides.',
  },
);

export const InvitationPolicy = words<Inviting>(
  'InvitationPolicy',
  'Which members that a provider makes are invited by mail.',
  {
    IMMEDIATE: 'All of them, within minutes.',
    WITHOUT_SSO: 'Only those whose provider has no sign-in set up here.',
    MANUAL: 'All of them, once a person releases the mail with membersSendActivation.',
    NEVER: 'None of them; nobody is mailed.',
  },
);

export type HealthWord = 'OK' | 'NEVER_CONNECTED' | 'SILENT' | 'FAILING' | 'CREDENTIAL_EXPIRING';
export const HealthStatus = words<HealthWord>(
  'HealthStatus',
  'What a person should think of a provider, or of an item to look at.',
  {
    OK: 'Nothing to do, or only a hint.',
    NEVER_CONNECTED: 'The provider has not sent anything yet.',
    SILENT: 'The provider has been quiet for longer than it usually is.',
    FAILING: 'Something was refused or failed and needs a person.',
    CREDENTIAL_EXPIRING: 'The last secret of the provider expires within 14 days, or has expired.',
  },
);

export const ExtensionType = words<ExtensionAttribute['type']>(
  'ExtensionType',
  'Types that the values of a custom attribute can have in SCIM.',
  {
    STRING: 'Text of any kind.',
    BOOLEAN: 'Either true or false.',
    INTEGER: 'A number without a fraction.',
    DATE_TIME: 'An instant, as RFC 3339 writes it.',
  },
);
