import { fromMap, ifPermitted, manyByKey, oneById, oneByKey } from './batch.ts';
import { withTenant } from './with-tenant.ts';

/** Everything that is loaded by key: one statement for all keys of a level. */
export const batches = {
  tenant: oneById((directory, ids) => directory.tenants.byIds(ids)),
  member: oneById((directory, ids) => directory.members.byIds(ids)),
  team: oneById((directory, ids) => directory.teams.byIds(ids)),
  role: oneById((directory, ids) => directory.roles.byIds(ids)),
  roleSpokenOf: oneById((directory, ids) => directory.roles.spokenOf(ids)),
  mapping: oneById((directory, ids) => directory.roles.mappingsByIds(ids)),
  provider: oneById((directory, ids) => directory.identityProviders.byIds(ids)),
  conflict: oneById((directory, ids) => directory.conflicts.byIds(ids)),
  token: oneById((directory, ids) => directory.credentials.byIds(ids)),
  providerCredential: oneById(
    ifPermitted(['DIRECTORY_READ'], (directory, ids) =>
      directory.credentials.ofProvidersByIds(ids),
    ),
  ),
  entry: oneById(
    ifPermitted(['AUDIT_READ'], async (directory, ids) =>
      withTenant(directory, await directory.audit.byIds(ids)),
    ),
  ),
  exchange: oneById(
    ifPermitted(['AUDIT_READ', 'PROVISIONING_ADMIN'], async (directory, ids) =>
      withTenant(directory, await directory.exchanges.byIds(ids)),
    ),
  ),
  exchangeBodies: oneById((directory, ids) => directory.exchanges.bodiesOf(ids)),
  mappingOfTeam: oneByKey(
    (directory, ids) => directory.roles.mappingsOfTeams(ids),
    row => row.teamId as string,
  ),
  invitation: oneByKey(
    (directory, ids) => directory.invitations.sentTo(ids),
    row => row.memberId,
  ),
  activity: oneByKey(
    (directory, ids) => directory.identityProviders.activity(ids),
    row => row.providerId,
  ),
  holders: fromMap((directory, ids) => directory.roles.countHolders(ids)),
  explanation: fromMap((directory, ids) => directory.roles.explain(ids)),
  credentialsOfProvider: manyByKey(
    (directory, ids) => directory.credentials.ofProviders(ids),
    row => row.providerId,
  ),
  lastWriters: manyByKey(
    (directory, ids) => directory.audit.lastWriters(ids),
    row => row.memberId,
  ),
  lastHeard: fromMap((directory, ids) => directory.audit.lastHeard(ids)),
};
