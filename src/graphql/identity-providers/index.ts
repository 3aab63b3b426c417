import { IdentityProviderFields } from './identity-provider-fields.ts';
import { IdentityProviderMutations } from './mutations.ts';
import { ProviderCredentialFields } from './provider-credential.ts';
import { ProviderLinkFields } from './provider-link.ts';
import { IdentityProviderQueries } from './queries.ts';

/** The resolvers of identity providers. */
export const identityProviders = [
  IdentityProviderFields,
  ProviderCredentialFields,
  ProviderLinkFields,
  IdentityProviderQueries,
  IdentityProviderMutations,
];
