import { sql } from 'kysely';
import { notFound, Refusal } from '../refusal.ts';
import type { Rulebook } from '../roles/decide-role.ts';
import { rulebookColumns } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { lockEntity } from '../tables/entity-manager.ts';
import { LostRace } from '../tables/lost-race.ts';
import { IdentityProviderSchema } from './identity-provider.ts';
import { type ProviderRow, providerColumns, providerRow } from './provider-rows.ts';

export const subjectOf = (provider: Pick<ProviderRow, 'id' | 'name'>) => ({
  type: 'IdentityProvider' as const,
  id: provider.id,
  name: provider.name,
});

/**
 * The provider that acts, its row locked against a switch for the rest of the change. Refuses what
 * its state does not allow.
 */
export async function lockActingProvider(session: Session): Promise<ProviderRow> {
  const { rows } = await sql<ProviderRow>`
    select ${providerRow} from identity_providers where tenant_id = ${session.tenantId}
    and id = ${session.asProvider} for share
  `.execute(session.db);
  return requireProvisioning(rows[0]);
}

/** The same, and what the tenant says about roles, in one round trip. */
export async function lockActingProviderWithRules(
  session: Session,
): Promise<{ provider: ProviderRow; rules: Rulebook }> {
  const { rows } = await sql<ProviderRow & Rulebook>`
    select ${providerRow}, ${rulebookColumns} from hold_rulebook(false) as rules, identity_providers
    where tenant_id = ${session.tenantId} and id = ${session.asProvider} for share of
    identity_providers
  `.execute(session.db);
  const { defaultRoleId, mappings, ...provider } = rows[0] ?? { defaultRoleId: '', mappings: [] };
  return {
    provider: requireProvisioning('id' in provider ? provider : undefined),
    rules: { defaultRoleId, mappings },
  };
}

function requireProvisioning(provider: ProviderRow | undefined): ProviderRow {
  if (!provider || !provider.isActive || provider.provisioning === 'OFF')
    throw new Refusal('provisioning-off', 'Provisioning is switched off.');
  if (provider.provisioning === 'PAUSED')
    throw new Refusal(
      'provisioning-paused',
      'Provisioning is paused; changes will be accepted again later.',
    );
  return provider;
}

/**
 * The provider that a member or team is linked to, its row locked against a switch: asked before
 * the thing itself is locked.
 */
export async function lockOwnerOf(
  session: Session,
  table: 'members' | 'teams',
  id: string,
): Promise<ProviderRow | null> {
  const linked = session.rows(table).select('provider_id').where('id', '=', id);
  return (
    (await session
      .rows('identity_providers')
      .select(providerColumns)
      .where('id', '=', linked)
      .forShare()
      .executeTakeFirst()) ?? null
  );
}

/** A provider by id, its row locked against a switch. */
export async function lockProvider(session: Session, id: string): Promise<ProviderRow | null> {
  return (
    (await session
      .rows('identity_providers')
      .select(providerColumns)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .forShare()
      .executeTakeFirst()) ?? null
  );
}

/**
 * Between asking who owns a thing and locking it, somebody linked it anew: the change starts over
 * (as after a deadlock).
 */
export function assertSameOwner(
  thing: { providerId: string | null },
  owner: { id: string } | null,
): void {
  if (thing.providerId !== (owner?.id ?? null)) throw new LostRace('The link changed meanwhile.');
}

/**
 * The provider as an entity, its row locked against its writers: whoever depends on the switch
 * waits, or has finished.
 */
export async function lockProviderForUpdate(session: Session, id: string): Promise<ProviderRow> {
  const provider = await lockEntity<ProviderRow>(session, IdentityProviderSchema, id);
  if (!provider || provider.deletedAt !== null) throw notFound('identity provider');
  return provider;
}
