import { sql } from 'kysely';
import { Actor, type ActorRecord, type Permission } from '../actor.ts';
import type { Store } from '../tables/store.ts';
import type { FoundCredential, ProviderFacts } from './found-credential.ts';

/**
 * The holder of a valid credential. `provider` is the one whose secret it is; for other credentials
 * the one whose endpoint is called.
 */
export interface Caller {
  actor: Actor;
  provider: ProviderFacts | null;
  credentialId: string | null;
}

export async function callerOf(
  store: Store,
  tenantId: string,
  found: FoundCredential | null,
): Promise<Caller | null> {
  if (!found || !isAlive(found, tenantId)) return null;
  const limit = isOfAnotherTenant(found, tenantId) ? await permissionsOfMaker(store, found) : null;
  if (isOfAnotherTenant(found, tenantId) && !limit?.includes('TENANT_ADMIN')) return null;
  const { id, kind, lastFour, expiresAt, provider, ownerId, ownerTenantId } = found;
  return {
    actor: new Actor({
      tenantId,
      record: recordOf(found),
      permissions: permissionsOf(limit ? { ...found, rolePermissions: limit } : found),
      credential: {
        id,
        kind,
        lastFour,
        expiresAt,
        owner: ownerId === null ? null : { id: ownerId, tenantId: ownerTenantId ?? tenantId },
      },
      account: found.memberId ?? ownerId ?? (found.madeWith && found.chargedTo),
    }),
    provider,
    credentialId: id,
  };
}

function isAlive(found: FoundCredential, tenantId: string): boolean {
  const { kind, memberIsActive, ownerId, provider } = found;
  switch (kind) {
    case 'PERSONAL':
    case 'SCIM':
      return memberIsActive === true;
    case 'SERVICE':
      return ownerId === null || isOfAnotherTenant(found, tenantId) || memberIsActive === true;
    // Paused is alive: its door answers reads and asks writers to come back.
    case 'PROVIDER':
      return provider !== null && provider.isActive && provider.provisioning !== 'OFF';
  }
}

/**
 * The permissions of the token that its person's role also has, now: the member's own role, or for
 * a service token that of the maker it ends with.
 */
function permissionsOf({
  kind,
  permissions,
  ownerId,
  rolePermissions,
}: FoundCredential): readonly Permission[] {
  switch (kind) {
    case 'PERSONAL':
    case 'SCIM':
      return permissions.filter(permission => rolePermissions?.includes(permission));
    case 'SERVICE':
      return ownerId === null
        ? permissions
        : permissions.filter(permission => rolePermissions?.includes(permission));
    case 'PROVIDER':
      return ['SCIM_INTEGRATE'];
  }
}

/** Made in a child tenant by somebody, or something, of the parent. */
export const isOfAnotherTenant = ({ ownerTenantId }: FoundCredential, tenantId: string): boolean =>
  ownerTenantId !== null && ownerTenantId !== tenantId;

/**
 * The permissions of the maker in their own tenant, now; null when the person is not active, or the
 * token it was made with has ended. One more statement, as that tenant, and only for tokens that a
 * parent made.
 */
async function permissionsOfMaker(
  store: Store,
  { ownerId, ownerTenantId, madeWith }: FoundCredential,
): Promise<Permission[] | null> {
  const { rows } = await sql<{ permissions: Permission[] }>`
    select coalesce(r.permissions, c.permissions) as permissions
    from (values (${ownerId}::uuid, ${madeWith}::uuid)) as maker (member_id, credential_id)
    left join members m on m.tenant_id = ${ownerTenantId} and m.id = maker.member_id
    and m.state = 'ACTIVE'
    left join roles r on r.tenant_id = ${ownerTenantId} and r.id = m.role_id
    left join credentials c on c.tenant_id = ${ownerTenantId} and c.id = maker.credential_id
      and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())
    where (maker.member_id is null or m.id is not null) and (maker.credential_id is null
    or c.id is not null)
  `.execute(store.tablesOf(ownerTenantId as string));
  return rows[0]?.permissions ?? null;
}

function recordOf({
  id,
  kind,
  name,
  memberId,
  memberName,
  provider,
}: FoundCredential): ActorRecord {
  switch (kind) {
    case 'PERSONAL':
    case 'SCIM':
      return {
        kind: 'member',
        name: memberName as string,
        memberId: memberId as string,
        credentialId: id,
      };
    case 'SERVICE':
      return { kind: 'token', name, credentialId: id };
    case 'PROVIDER':
      return {
        kind: 'provider',
        name: provider?.name ?? name,
        providerId: provider?.id as string,
        credentialId: id,
      };
  }
}
