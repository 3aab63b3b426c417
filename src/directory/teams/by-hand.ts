import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { assertMayEdit, isAnotherName } from '../provenance.ts';
import { assertName } from '../tables/text.ts';
import { assertVersion } from '../tables/versions.ts';
import { admitInto } from './admit.ts';
import { hold, subjectOf } from './hold.ts';
import { type TeamRow, teamColumns } from './team-rows.ts';
import { assertFree, write } from './write.ts';

/** Makes a team by hand, with anybody in it. */
export function create(
  session: Session,
  { name, memberIds }: { name: string; memberIds?: readonly string[] | null | undefined },
): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const wanted = assertName(name, 'name');
    await assertFree(session, wanted);
    const team = (await session.insert(
      'teams',
      { id: newId(), name: wanted },
      teamColumns,
    )) as TeamRow;
    session.record({
      action: 'team.created',
      subject: subjectOf(team),
      changes: [{ name: 'name', after: team.name }],
    });
    await admitInto(session, { team, owner: null }, memberIds ?? []);
    return team;
  });
}

/** Renames a team. While its provider is off this cuts the link: the provider will make a new one (rule 6). */
export function rename(
  session: Session,
  id: string,
  name: string,
  { expectedVersion }: { expectedVersion?: string | null | undefined } = {},
): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const { team, owner } = await hold(session, id);
    session.attempting('team.updated', subjectOf(team));
    assertVersion(team, expectedVersion);
    const wanted = assertName(name, 'name');
    assertMayEdit(team, owner, ['name'], session.asProvider);
    if (wanted === team.name) return team;
    const renamed = isAnotherName(wanted, team.name);
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
