import { type Expression, sql, type SqlBool } from 'kysely';
import { Actor, type ActorRecord, type Permission } from '../actor.ts';
import type { Store } from '../tables/store.ts';
import type {
  AdoptionPolicy,
  ExtensionAttribute,
  Features,
  ProviderKind,
  ProvisioningState,
} from '../identity-providers/identity-provider.ts';
import { readAccessToken } from './access-token.ts';
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

/**
 * The holder of a valid credential. `provider` is the one whose secret it is; for other credentials
 * the one whose endpoint is called.
 */
export interface Caller {
  actor: Actor;
  provider: ProviderFacts | null;
  credentialId: string | null;
}

interface Found {
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

/** Those who are being asked about, until the question is sent. */
const asking = new WeakMap<Store, Map<string, Promise<Caller | null>>>();

/**
 * The one place where a credential becomes somebody. One statement, asked anew on each request:
 * what was revoked, expired, disabled or switched off a moment ago, in whichever process, is nobody
 * now. Requests that arrive together with the same credential share the question: it is sent when
 * all of them have arrived, so its answer is as fresh as each one's own would be.
 *
 * `at` is the provider at whose door a person's token is used. Its state is the door's to check:
 * the token itself is alive.
 */
export function authenticate(
  store: Store,
  text: string,
  { at }: { at?: string } = {},
): Promise<Caller | null> {
  let ofGround = asking.get(store);
  if (!ofGround) asking.set(store, (ofGround = new Map<string, Promise<Caller | null>>()));
  const key = `${at ?? ''} ${text}`;
  let answer = ofGround.get(key);
  if (!answer) {
    answer = endOfTurn().then(() => {
      ofGround.delete(key);
      return ask(store, text, at);
    });
    ofGround.set(key, answer);
  }
  return answer;
}

/** When everything that had arrived has been read. */
const endOfTurn = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

async function ask(store: Store, text: string, at: string | undefined): Promise<Caller | null> {
  const secret = store.secrets.read(text);
  if (secret)
    return secret.kind === 'inv'
      ? null
      : callerOf(
          store,
          secret.tenantId,
          await find(store, secret.tenantId, sql`c.digest = any(${secret.digests}::text[])`, at),
        );
  const token = readAccessToken(store.secrets, text);
  if (!token) return null;
  const found = await find(
    store,
    token.tenantId,
    sql`c.id = ${token.credentialId} and c.provider_id = ${token.providerId}`,
    at,
  );
  return callerOf(store, token.tenantId, found && { ...found, expiresAt: token.expiresAt });
}

async function find(
  store: Store,
  tenantId: string,
  which: Expression<SqlBool> | ReturnType<typeof sql>,
  at: string | undefined,
): Promise<Found | null> {
  const { rows } = await sql<Found>`
    select c.id, c.kind, c.name, c.last_four as "lastFour", c.expires_at as "expiresAt",
    c.permissions, c.provider_id as "ownProviderId",
      c.owner_id as "ownerId", c.owner_tenant_id as "ownerTenantId", c.made_with as "madeWith",
      c.charged_to as "chargedTo",
      c.member_id as "memberId", m.display_name as "memberName", m.state = 'ACTIVE' as
      "memberIsActive", r.permissions as "rolePermissions",
      case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name, 'kind', p.kind,
      'isActive', p.is_active, 'provisioning', p.provisioning,
        'adoption', p.adoption, 'strict', p.strict, 'features', p.features, 'extensionAttributes',
        p.extension_attributes) end as provider
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

async function callerOf(
  store: Store,
  tenantId: string,
  found: Found | null,
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

function isAlive(found: Found, tenantId: string): boolean {
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
}: Found): readonly Permission[] {
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
const isOfAnotherTenant = ({ ownerTenantId }: Found, tenantId: string): boolean =>
  ownerTenantId !== null && ownerTenantId !== tenantId;

/**
 * The permissions of the maker in their own tenant, now; null when the person is not active, or the
 * token it was made with has ended. One more statement, as that tenant, and only for tokens that a
 * parent made.
 */
async function permissionsOfMaker(
  store: Store,
  { ownerId, ownerTenantId, madeWith }: Found,
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

function recordOf({ id, kind, name, memberId, memberName, provider }: Found): ActorRecord {
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
