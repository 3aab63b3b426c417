import { assertMayEdit, isDifferentName } from '../provenance.ts';
import type { Session } from '../session.ts';
import { assertName } from '../tables/text.ts';
import { assertVersion } from '../tables/versions.ts';
import { lockTeam, subjectOf } from './lock.ts';
import type { TeamRow } from './team-rows.ts';
import { assertFree, write } from './write.ts';

/**
 * Renames a team. While its provider is off this cuts the link: the provider will make a new one
 * (rule 6).
 */
export function rename(
  session: Session,
  id: string,
  name: string,
  { expectedVersion }: { expectedVersion?: string | null | undefined } = {},
): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const { team, owner } = await lockTeam(session, id);
    session.attempting('team.updated', subjectOf(team));
    assertVersion(team, expectedVersion);
    const wanted = assertName(name, 'name');
    assertMayEdit(team, owner, ['name'], session.asProvider);
    if (wanted === team.name) return team;
    const renamed = isDifferentName(wanted, team.name);
    if (renamed) await assertFree(session, wanted, id);
    const { team: written, changes } = await write(session, team, {
      name: wanted,
      ...(renamed && { providerId: null, externalId: null, linkId: null }),
    });
    session.record({
      action: 'team.updated',
      subject: subjectOf(written),
      changes,
      providerId: owner?.id ?? null,
    });
    return written;
  });
}
