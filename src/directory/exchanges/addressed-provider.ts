import { sql } from 'kysely';
import type { Store } from '../tables/store.ts';
import { isId } from '../tables/ids.ts';

/** The provider whose endpoint was called with a credential that was refused. */
export interface AddressedProvider {
  tenantId: string;
  providerId: string;
  /** The credential that the secret once was, when it was this provider's. */
  credentialId: string | null;
}

/**
 * The provider that an address names, or else the one whose secret it was, alive or not. Nobody has
 * been let in: what is found is for the provider's own administrators, and never told to who asks.
 */
export async function addressedProvider(
  store: Store,
  { addressed, secret }: { addressed: string | null; secret: string | null },
): Promise<AddressedProvider | null> {
  const owned = await ownerOf(store, secret);
  if (addressed === null || !isId(addressed) || owned?.providerId === addressed) return owned;
  const { rows } = await sql<{ tenantId: string | null }>`
    select tenant_of_provider(${addressed}::uuid) as "tenantId"
  `.execute(store.systemTables);
  const tenantId = rows[0]?.tenantId;
  return tenantId ? { tenantId, providerId: addressed, credentialId: null } : owned;
}

async function ownerOf(store: Store, text: string | null): Promise<AddressedProvider | null> {
  const secret = text === null ? null : store.secrets.read(text);
  if (secret?.kind !== 'idp') return null;
  const { tenantId, digests } = secret;
  const found = await store
    .tablesOf(tenantId)
    .selectFrom('credentials')
    .select(['id', 'provider_id as providerId'])
    .where('tenant_id', '=', tenantId)
    .where('digest', 'in', digests)
    .executeTakeFirst();
  return found?.providerId
    ? { tenantId, providerId: found.providerId, credentialId: found.id }
    : null;
}
