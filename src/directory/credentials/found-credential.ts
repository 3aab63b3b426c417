import type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  ProviderKind,
  ProvisioningState,
} from '../identity-providers/identity-provider.ts';
import { type RawBuilder, sql } from 'kysely';
import type { Permission } from '../actor.ts';
import type { Store } from '../tables/store.ts';
import { MARK } from './caller-proof.ts';
import type { CredentialKind } from './credential.ts';

/** A provider as far as its own door needs to know it. */
export interface ProviderFacts {
  id: string;
  name: string;
  kind: ProviderKind;
  isActive: boolean;
  provisioning: ProvisioningState;
  adoption: AdoptionPolicy;
  strict: boolean;
  features: Features;
  extensionAttributes: ExtensionAttribute[];
}

export interface FoundCredential {
  /** What its rows are recognized by (see caller-proof.ts). */
  mark: string;
  id: string;
  kind: CredentialKind;
  name: string;
  lastFour: string;
  expiresAt: Date | null;
  permissions: Permission[];
  ownProviderId: string | null;
  memberId: string | null;
  memberName: string | null;
  memberIsActive: boolean | null;
  rolePermissions: Permission[] | null;
  provider: ProviderFacts | null;
  ownerId: string | null;
  ownerTenantId: string | null;
  madeWith: string | null;
  chargedTo: string | null;
}

export async function find(
  store: Store,
  tenantId: string,
  which: RawBuilder<unknown>,
  at: string | undefined,
): Promise<FoundCredential | null> {
  const { rows } = await sql<FoundCredential>`
    select c.id, c.kind, c.name, c.last_four as "lastFour", c.expires_at as "expiresAt",
    c.permissions, c.provider_id as "ownProviderId",
      c.owner_id as "ownerId", c.owner_tenant_id as "ownerTenantId", c.made_with as "madeWith",
      c.charged_to as "chargedTo",
      c.member_id as "memberId", m.display_name as "memberName", m.state = 'ACTIVE' as
      "memberIsActive", r.permissions as "rolePermissions",
      case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name, 'kind', p.kind,
      'isActive', p.is_active, 'provisioning', p.provisioning,
        'adoption', p.adoption, 'strict', p.strict, 'features', p.features, 'extensionAttributes',
        p.extension_attributes) end as provider, ${sql.raw(MARK)} as mark
    from credentials c
    left join members m on m.tenant_id = ${tenantId} and m.id = case when c.member_id is null
    then c.owner_id else c.member_id end
    left join roles r on r.tenant_id = ${tenantId} and r.id = m.role_id
    left join identity_providers p on p.tenant_id = ${tenantId} and p.id = case
    when c.provider_id is null then ${at ?? null}::uuid else c.provider_id end
    and p.deleted_at is null
    where c.tenant_id = ${tenantId} and ${which} and c.revoked_at is null and (c.expires_at is null
    or c.expires_at > now())
  `.execute(store.tablesOf(tenantId));
  return rows[0] ?? null;
}
