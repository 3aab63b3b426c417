import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { shareLocks } from '../tables/locks.ts';
import { assertName } from '../tables/text.ts';
import { admitInto } from './admit.ts';
import { subjectOf } from './lock.ts';
import { teamColumns, type TeamRow } from './team-rows.ts';
import { assertFree } from './write.ts';

/** Makes a team by hand, with anybody in it. */
export function create(
  session: Session,
  { name, memberIds }: { name: string; memberIds?: readonly string[] | null | undefined },
): Promise<TeamRow> {
  return session.change(async () => {
    session.require('DIRECTORY_WRITE');
    const wanted = assertName(name, 'name');
    await shareLocks(session, { rulebook: true });
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
