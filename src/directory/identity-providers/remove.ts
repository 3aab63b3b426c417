import { sql } from 'kysely';
import { revokeForProvider } from '../credentials/provider-secrets.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { dropLinks } from './drop-links.ts';
import { lockProviderForUpdate, subjectOf } from './lock.ts';
import { providerColumns, type ProviderRow } from './provider-rows.ts';

/**
 * Deletes a provider that is off, its name typed by whoever does it. Its members and teams stay,
 * unlinked; its open conflicts go. The row stays for what the log says of it: nothing finds it any
 * more, and its name is free.
 */
export function remove(session: Session, id: string, name: string): Promise<ProviderRow> {
  return session.change(async () => {
    session.require('PROVISIONING_ADMIN');
    const provider = await lockProviderForUpdate(session, id);
    session.attempting('identityProvider.deleted', subjectOf(provider));
    if (provider.provisioning !== 'OFF')
      throw invalid('Switch provisioning off before the provider is deleted.', 'id');
    if (name.trim() !== provider.name)
      throw invalid('Type the name of the provider as it is, to delete it.', 'name');
    await dropLinks(session, id);
    await revokeForProvider(session, id);
    await closeConflicts(session, id);
    const set = { is_active: false, deleted_at: sql`now()` };
    const deleted = await session.update('identity_providers', id, set, providerColumns);
    session.record({
      action: 'identityProvider.deleted',
      subject: subjectOf(provider),
      providerId: id,
      changes: [{ name: 'name', before: provider.name }],
    });
    return deleted;
  });
}

/** Nobody waits for an answer any more. */
async function closeConflicts(session: Session, providerId: string): Promise<void> {
  const cases = await session.removeMany<{ id: string; name: string; isOpen: boolean }>(
    'conflict_cases',
    {
      where: sql`target.provider_id = ${providerId}::uuid`,
      returning: sql`target.id, target.name_key as name, target.settled_at is null as "isOpen"`,
    },
  );
  await session.recordAll(
    cases.map(({ id, name, isOpen }) => ({
      action: isOpen ? 'conflict.closed' : 'conflict.purged',
      subject: { type: 'ConflictCase', id, name },
      providerId,
    })),
  );
}
