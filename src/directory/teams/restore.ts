import { lockProvider } from '../identity-providers/lock.ts';
import { notFound } from '../refusal.ts';
import { reassignRoles } from '../roles/reassign.ts';
import { lockRulebook } from '../roles/rulebook.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { type DeletedTeam, findDeleted, lockDeleted } from './lock-deleted.ts';
import { subjectOf } from './lock.ts';
import { mapAgain } from './map-again.ts';
import { rejoin } from './rejoin.ts';
import { teamColumns, type TeamRow, teamsByIds } from './team-rows.ts';
import { assertFree } from './write.ts';

/**
 * Brings a deleted team back under its id, with those who were in it and are still here, and with
 * the role that it gave. What a provider deleted comes back unlinked, and so does what a provider
 * that is on would have to answer for.
 */
export function restore(session: Session, id: string): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const found = isId(id) ? await findDeleted(session, id) : undefined;
    const provider = found?.providerId ? await lockProvider(session, found.providerId) : null;
    if (found) await lockRulebook(session, found.mappedRoleId === null ? 'shared' : 'exclusive');
    const deleted = found && (await lockDeleted(session, id));
    if (!deleted) return existingTeam(session, id);
    session.attempting('team.restored', subjectOf(deleted));
    await assertFree(session, deleted.name);
    const linked = provider && provider.provisioning === 'OFF' && !deleted.deletedByProvider;
    const team = await insert(session, deleted, linked === true);
    session.record({
      action: 'team.restored',
      subject: subjectOf(team),
      providerId: team.providerId,
      changes: [
        { name: 'name', after: team.name },
        ...(deleted.providerId !== null && !linked
          ? [{ name: 'providerId', before: deleted.providerId, after: null }]
          : []),
      ],
    });
    const joined = await rejoin(session, team);
    await removeDeletedTeam(session, id);
    if (await mapAgain(session, team, deleted, joined)) await reassignRoles(session, joined);
    return team;
  });
}

/** A team that is there needs no restoring; one that never was, or is gone for good, is no team. */
async function existingTeam(session: Session, id: string): Promise<TeamRow> {
  const team = isId(id) ? (await teamsByIds(session, [id]))[0] : null;
  if (!team) throw notFound('team');
  return team;
}

async function insert(session: Session, deleted: DeletedTeam, linked: boolean): Promise<TeamRow> {
  const team = await session.insert(
    'teams',
    {
      id: deleted.id,
      name: deleted.name,
      origin: deleted.origin,
      origin_provider_id: deleted.originProviderId,
      ...(linked && {
        provider_id: deleted.providerId,
        external_id: deleted.externalId,
        link_id: deleted.linkId,
      }),
      version: deleted.version + 1,
      created_at: deleted.createdAt,
    },
    teamColumns,
  );
  return team as TeamRow;
}

async function removeDeletedTeam(session: Session, id: string): Promise<void> {
  await session.deleting('deleted_teams').where('id', '=', id).execute();
}
