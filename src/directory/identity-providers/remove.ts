import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { invalid } from '../refusal.ts';
import { dropLinks, holdForUpdate, subjectOf } from './by-hand.ts';
import { type ProviderRow, providerColumns } from './provider-rows.ts';

/**
 * Deletes a provider that is off, its name typed by whoever does it. Its members and teams stay, unlinked; its open conflicts go.
 * The row stays for what the log says of it: nothing finds it any more, and its name is free.
 */
export function remove(directory: Directory, id: string, name: string): Promise<ProviderRow> {
  return directory.change(async () => {
    directory.require('PROVISIONING_ADMIN');
    const provider = await holdForUpdate(directory, id);
    directory.attempting('identityProvider.deleted', subjectOf(provider));
    if (provider.provisioning !== 'OFF')
      throw invalid('Switch provisioning off before the provider is deleted.', 'id');
    if (name.trim() !== provider.name)
      throw invalid('Type the name of the provider as it is, to delete it.', 'name');
    await dropLinks(directory, id);
    await directory.credentials.revokeForProvider(id);
    await closeConflicts(directory, id);
    const deleted = await directory.db
      .updateTable('identity_providers')
      .set({
        is_active: false,
        deleted_at: sql<Date>`now()`,
        version: sql<number>`version + 1`,
        updated_at: sql<Date>`now()`,
      })
      .where('tenant_id', '=', directory.tenantId)
      .where('id', '=', id)
      .returning(providerColumns)
      .executeTakeFirstOrThrow();
    directory.record({
      action: 'identityProvider.deleted',
      subject: subjectOf(provider),
      providerId: id,
      changes: [{ name: 'name', before: provider.name }],
    });
    return deleted;
  });
}

/** Nobody waits for an answer any more. */
async function closeConflicts(directory: Directory, providerId: string): Promise<void> {
  const cases = await directory.db
    .deleteFrom('conflict_cases')
    .where('tenant_id', '=', directory.tenantId)
    .where('provider_id', '=', providerId)
    .returning(['id', 'name_key as name', 'settled_at as settledAt'])
    .execute();
  await directory.recordAll(
    cases
      .filter(({ settledAt }) => settledAt === null)
      .map(({ id, name }) => ({
        action: 'conflict.closed',
        subject: { type: 'ConflictCase' as const, id, name },
        providerId,
      })),
  );
}
