import type { Session } from '../session.ts';
import { newId } from '../ids.ts';
import { assertMayEdit, isAnotherName } from '../provenance.ts';
import { assertName } from '../text.ts';
import { assertVersion } from '../versions.ts';
import { admitInto } from './admit.ts';
import { hold, subjectOf } from './hold.ts';
import { type TeamRow, teamColumns } from './team-rows.ts';
import { assertFree, write } from './write.ts';

/** Makes a team by hand, with anybody in it. */
export function create(
  directory: Session,
  { name, memberIds }: { name: string; memberIds?: readonly string[] | null | undefined },
): Promise<TeamRow> {
  return directory.change(async () => {
    directory.require('DIRECTORY_WRITE');
    const wanted = assertName(name, 'name');
    await assertFree(directory, wanted);
    const team = (await directory.insert(
      'teams',
      { id: newId(), name: wanted },
      teamColumns,
    )) as TeamRow;
    directory.record({
      action: 'team.created',
      subject: subjectOf(team),
      changes: [{ name: 'name', after: team.name }],
    });
    await admitInto(directory, { team, owner: null }, memberIds ?? []);
    return team;
  });
}

/** Renames a team. While its provider is off this cuts the link: the provider will make a new one (rule 6). */
export function rename(
  directory: Session,
  id: string,
  name: string,
  { expectedVersion }: { expectedVersion?: string | null | undefined } = {},
): Promise<TeamRow> {
  return directory.change(async () => {
    directory.require('DIRECTORY_WRITE');
    const { team, owner } = await hold(directory, id);
    directory.attempting('team.updated', subjectOf(team));
    assertVersion(team, expectedVersion);
    const wanted = assertName(name, 'name');
    assertMayEdit(team, owner, ['name'], directory.asProvider);
    if (wanted === team.name) return team;
    const renamed = isAnotherName(wanted, team.name);
    if (renamed) await assertFree(directory, wanted, id);
    const { team: written, changes } = await write(directory, team, {
      name: wanted,
      ...(renamed && { providerId: null, externalId: null, linkId: null }),
    });
    directory.record({
      action: 'team.updated',
      subject: subjectOf(written),
      changes,
      providerId: owner?.id ?? null,
    });
    return written;
  });
}
