export const PERMISSIONS = [
  'DIRECTORY_READ',
  'DIRECTORY_WRITE',
  'ROLE_ADMIN',
  'PROVISIONING_ADMIN',
  'SCIM_INTEGRATE',
  'AUDIT_READ',
  'TENANT_ADMIN',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
/**
 * With any of these a role can administer the tenant (rules 10 and 25): each gives out rights, or
 * ways in. The others do not: by rule 25 DIRECTORY_WRITE alone changes nobody who has more,
 * SCIM_INTEGRATE opens one provider's door, and the rest only read.
 */
export const ADMINISTERING: readonly Permission[] = [
  'ROLE_ADMIN',
  'PROVISIONING_ADMIN',
  'TENANT_ADMIN',
];

/** The author of a change, as the audit log and a role lock store it. */
export interface ActorRecord {
  kind: 'member' | 'token' | 'provider' | 'system';
  name: string;
  memberId?: string;
  providerId?: string;
  credentialId?: string;
  /** The name of the actor's own tenant then, when it is another than the one that was acted in. */
  tenantName?: string;
}

/** The credential somebody came with, as far as it may be told. */
export interface CredentialFacts {
  id: string | null;
  kind: 'PERSONAL' | 'SCIM' | 'SERVICE' | 'SESSION' | 'PROVIDER';
  lastFour: string | null;
  expiresAt: Date | null;
  /** A service token: the person it ends with, and the tenant where that person is a member. */
  owner?: { id: string; tenantId: string } | null;
}

/** The caller of a request: plain values, read once from the credential. */
export class Actor {
  readonly tenantId: string;
  readonly record: ActorRecord;
  readonly permissions: ReadonlySet<Permission>;
  readonly credential: CredentialFacts | null;
  /**
   * The account that rate limits and budgets count for: the person, with any of their tokens; of a
   * service token its maker.
   */
  readonly account: string;

  constructor(facts: {
    tenantId: string;
    record: ActorRecord;
    permissions: Iterable<Permission>;
    credential?: CredentialFacts | null;
    account?: string | null;
  }) {
    this.tenantId = facts.tenantId;
    this.record = facts.record;
    this.permissions = new Set(facts.permissions);
    this.credential = facts.credential ?? null;
    this.account = facts.account ?? this.id ?? facts.tenantId;
  }

  /** The service itself, for what nobody asked for: releases, purges, first starts. */
  static system(tenantId: string, name = 'muster'): Actor {
    return new Actor({ tenantId, record: { kind: 'system', name }, permissions: PERMISSIONS });
  }

  may(permission: Permission): boolean {
    return this.permissions.has(permission);
  }

  /** The id by which the audit log finds what this actor did. */
  get id(): string | null {
    const { memberId, providerId, credentialId } = this.record;
    return memberId ?? providerId ?? credentialId ?? null;
  }

  /** The same actor, at work in another tenant than its own, which is called so. */
  of(tenantName: string): Actor {
    const { tenantId, record, permissions, credential, account } = this;
    return new Actor({
      tenantId,
      record: { ...record, tenantName },
      permissions,
      credential,
      account,
    });
  }

  /** The same person, working through a provider's door. */
  through(provider: { id: string }): Actor {
    const { tenantId, record, permissions, credential, account } = this;
    return new Actor({
      tenantId,
      record: { ...record, providerId: provider.id },
      permissions,
      credential,
      account,
    });
  }
}
