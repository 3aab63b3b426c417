/** The claims of a verified token of an OpenID provider. */
export interface SignInClaims {
  tenantId: string;
  issuer: string;
  subject: string;
  /** The value of the claim that is configured to name the member. */
  claimed: string;
  /** The claim holds an address by its name. */
  isAddress: boolean;
  /** The token says that the claimed text is an address that was verified. */
  isVerified: boolean;
  expiresAt: Date | null;
}
