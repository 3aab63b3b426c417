import { type RawBuilder, sql } from 'kysely';
import { notFound, Refusal } from '../refusal.ts';
import type { Rulebook } from '../roles/decide-role.ts';
import { rulebookColumns, rulebookSource } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { lockEntity } from '../tables/entity-manager.ts';
import { isId } from '../tables/ids.ts';
import {
  assertLocked,
  hasAsked,
  isLocked,
  lockExclusively,
  shareLocks,
  type Wanted,
} from '../tables/locks.ts';
import { LostRace } from '../tables/lost-race.ts';
import { IdentityProviderSchema } from './identity-provider.ts';
import { type ProviderRow, providerColumns, providerRow } from './provider-rows.ts';

export const subjectOf = (provider: Pick<ProviderRow, 'id' | 'name'>) => ({
  type: 'IdentityProvider' as const,
  id: provider.id,
  name: provider.name,
});

/**
 * The provider that acts, its switch locked for the rest of the change; `rulebook` where the change
 * depends on the role rules too. Refuses what its state does not allow.
 */
export async function lockActingProvider(
  session: Session,
  { rulebook = false } = {},
): Promise<ProviderRow> {
  await shareLocks(session, { switches: [session.asProvider as string], rulebook });
  const { rows } = await sql<ProviderRow>`
    select ${providerRow} from identity_providers where tenant_id = ${session.tenantId}
    and id = ${session.asProvider}`.execute(session.db);
  return requireProvisioning(locked(session, rows[0]));
}

/** The same, and what the tenant says about roles, in one round trip. */
export async function lockActingProviderWithRules(
  session: Session,
): Promise<{ provider: ProviderRow; rules: Rulebook }> {
  await shareLocks(session, { switches: [session.asProvider as string], rulebook: true });
  const { rows } = await sql<ProviderRow & Rulebook>`
    select ${providerRow}, ${rulebookColumns}
    from ${rulebookSource(session.tenantId)}, identity_providers
    where tenant_id = ${session.tenantId} and id = ${session.asProvider}`.execute(session.db);
  assertLocked(session, 'rulebook', session.tenantId);
  const { defaultRoleId, mappings, ...provider } = rows[0] ?? { defaultRoleId: '', mappings: [] };
  return {
    provider: requireProvisioning('id' in provider ? locked(session, provider) : undefined),
    rules: { defaultRoleId, mappings },
  };
}

/** The provider that was read, once it is certain that its switch is locked. */
function locked<Provider extends ProviderRow | undefined>(
  session: Session,
  provider: Provider,
): Provider {
  if (provider) assertLocked(session, 'switch', provider.id);
  return provider;
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

/** The ids of the providers that these members or teams are linked to, as a query. */
export const ownersOf = (
  { tenantId }: Session,
  table: 'members' | 'teams',
  ids: readonly string[],
): RawBuilder<unknown> => sql`
  select provider_id from ${sql.table(table)}
  where tenant_id = ${tenantId}::uuid and id = any(${ids}::uuid[])`;

/**
 * The provider that a member or team is linked to, or that acts, its switch locked; then what
 * `lock` reads, which is the row of the member or team. All in one flight.
 */
export async function lockWithOwner<Row>(
  session: Session,
  table: 'members' | 'teams',
  id: string,
  lock: () => Promise<Row>,
  { switches = [], rulebook = false }: Wanted = {},
): Promise<{ owner: ProviderRow | null; row: Row }> {
  const { asProvider, db, store } = session;
  const own = asProvider ?? ownersOf(session, table, [id]);
  await shareLocks(session, {
    // What a change has locked at its beginning it does not look for again.
    switches: hasAsked(session) && !asProvider ? switches : [own, ...switches],
    rulebook,
  });
  const linked = session.rows(table).select('provider_id').where('id', '=', id);
  const query = session
    .rows('identity_providers')
    .select(providerColumns)
    .where('id', '=', asProvider ?? linked);
  const { rows } = await db.executeQuery<ProviderRow>(store.withNext(query.compile()));
  const row = await lock();
  const [owner = null] = rows;
  if (asProvider) return { owner: requireProvisioning(locked(session, rows[0])), row };
  const isHeld = owner === null || isLocked(session, 'switch', owner.id);
  return { owner: isHeld ? owner : await lockProvider(session, owner.id), row };
}

/** A provider by id, its switch locked. */
export async function lockProvider(session: Session, id: string): Promise<ProviderRow | null> {
  await shareLocks(session, { switches: [id] });
  const provider = await session
    .rows('identity_providers')
    .select(providerColumns)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return locked(session, provider) ?? null;
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
 * The provider as an entity, its switch locked exclusively and then its row: whoever depends on the
 * switch waits, or has finished. `rulebook` where roles may follow.
 */
export async function lockProviderForUpdate(
  session: Session,
  id: string,
  { rulebook = false } = {},
): Promise<ProviderRow> {
  if (!isId(id)) throw notFound('identity provider');
  await lockExclusively(session, 'switch', id);
  await shareLocks(session, { rulebook });
  const provider = await lockEntity<ProviderRow>(session, IdentityProviderSchema, id);
  if (!provider || provider.deletedAt !== null) throw notFound('identity provider');
  assertLocked(session, 'switch', id, 'exclusive');
  return provider;
}
