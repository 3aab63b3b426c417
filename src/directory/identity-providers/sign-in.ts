import type { SignIn } from './identity-provider.ts';

/**
 * Only what is said counts: what is left out and what is said to be nothing are the same record.
 */
export function signInOf(signIn: SignIn | null): SignIn | null {
  if (!signIn) return null;
  const { protocol, signInUrl, entityIdUrl, signatureAlgorithm } = signIn;
  return {
    protocol,
    ...(signInUrl != null && { signInUrl }),
    ...(entityIdUrl != null && { entityIdUrl }),
    ...(signatureAlgorithm != null && { signatureAlgorithm }),
  };
}
