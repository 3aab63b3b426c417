import type { Directory } from '../../directory/index.ts';
import { linkOf } from '../identity-providers/link.ts';
import type { NodeName } from '../schema/node.ts';
import type { batches } from './batches.ts';
import type { Loaders } from './loaders.ts';

/** The batch that reads each type of node. A link is read with the row of its holder. */
export const batchOf: Record<Exclude<NodeName, 'ProviderLink'>, keyof typeof batches> = {
  Tenant: 'tenant',
  Member: 'member',
  Team: 'team',
  Role: 'role',
  RoleMapping: 'mapping',
  IdentityProvider: 'provider',
  ProviderCredential: 'providerCredential',
  ApiToken: 'token',
  ConflictCase: 'conflict',
  ScimRequest: 'exchange',
  AuditEntry: 'entry',
};

/**
 * Any objects of the tenant, tagged with their types: one statement finds the type of each id, one
 * more for each type reads the rows.
 */
export async function readNodes(
  directory: Directory,
  ids: readonly string[],
  loaders: Loaders,
): Promise<readonly (object | null)[]> {
  const located = new Map((await directory.locate(ids)).map(found => [found.id, found]));
  return Promise.all(
    ids.map(async id => {
      const found = located.get(id);
      if (!found) return null;
      switch (found.kind) {
        case 'MemberLink':
          return linkOf(await loaders.load('member', found.holderId));
        case 'TeamLink':
          return linkOf(await loaders.load('team', found.holderId));
        default:
          return loaders.nodeOf(found.kind, id);
      }
    }),
  );
}
