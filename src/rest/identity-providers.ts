import { type Directory, isId, type ProviderRow, Refusal } from '../directory/index.ts';
import { editOf, type RecordEdit } from './record-edit.ts';
import { listed, type ListedRecord, type ProviderRecord, recordOf } from './record.ts';

/**
 * All providers of the caller's tenant, oldest first: a plain array, which is what clients of this
 * API read.
 */
export async function listRecords(
  directory: Directory,
  publicUrl: string,
): Promise<ListedRecord[]> {
  requireReading(directory);
  return (await directory.identityProviders.all()).map(provider => listed(publicUrl, provider));
}

export async function showRecord(
  directory: Directory,
  publicUrl: string,
  id: string,
): Promise<ProviderRecord> {
  requireReading(directory);
  return recordOf(publicUrl, await find(directory, id));
}

/** Changes a provider by its record. When that made a secret it is in the answer, this once. */
export function changeRecord(
  directory: Directory,
  publicUrl: string,
  id: string,
  edit: RecordEdit,
): Promise<ProviderRecord & { secret_token?: string }> {
  return directory.change(async () => {
    directory.require('PROVISIONING_ADMIN');
    const before = await find(directory, id);
    const { provider, secretToken } = await directory.identityProviders.update(
      before.id,
      editOf(edit, recordOf(publicUrl, before)),
    );
    return {
      ...recordOf(publicUrl, provider),
      ...(secretToken !== null && { secret_token: secretToken }),
    };
  });
}

/** Reading needs DIRECTORY_READ, or the permission to administer providers. */
function requireReading(directory: Directory): void {
  if (!directory.actor.may('PROVISIONING_ADMIN')) directory.require('DIRECTORY_READ');
}

async function find(directory: Directory, id: string): Promise<ProviderRow> {
  const provider = isId(id) ? await directory.identityProviders.get(id) : null;
  if (!provider) throw new Refusal('not-found', 'No such identity provider.');
  return provider;
}
