import type { Session } from '../session.ts';
import { assertVersion } from '../tables/versions.ts';
import { admitInto } from './admit.ts';
import { type Displays, redisplay } from './displays.ts';
import { expelFrom } from './expel.ts';
import { type LockedTeam, lockTeam, subjectOf } from './lock.ts';
import { assertAcceptsGroups, type ProvisionedTeam } from './provision.ts';
import type { TeamRow } from './team-rows.ts';
import { touch } from './touch.ts';
import { write } from './write.ts';

/** One step on a provider's team. A PATCH is several, in one change. */
export type TeamStep =
  | { kind: 'rename'; team: Partial<ProvisionedTeam> }
  | { kind: 'admit' | 'replace'; memberIds: readonly string[]; displays?: Displays }
  | { kind: 'expel'; memberIds: readonly string[] }
  | { kind: 'empty' };

export interface Expecting {
  expectedVersion?: string | null;
  /** Given the team as it is before the first step; may refuse. */
  precondition?: (team: TeamRow) => void;
}

/** Carries out a provider's steps on its team: all of them, or none. */
export function apply(
  session: Session,
  id: string,
  steps: readonly TeamStep[],
  { expectedVersion, precondition }: Expecting = {},
): Promise<TeamRow> {
  return session.change(async () => {
    const rewrites = steps.some(step => step.kind === 'rename' || step.kind === 'replace');
    const locked = await lockTeam(session, id, rewrites ? 'row' : 'switch');
    if (locked.owner) assertAcceptsGroups(locked.owner);
    assertVersion(locked.team, expectedVersion);
    precondition?.(locked.team);
    const moved = new Set<string>();
    let renamed = false;
    for (const step of steps) {
      if (step.kind === 'rename') {
        locked.team = await rewrite(session, locked, step.team);
        continue;
      }
      for (const memberId of await move(session, locked, step))
        if (!moved.delete(memberId)) moved.add(memberId);
      if ('displays' in step) renamed = (await redisplay(session, id, step.displays)) || renamed;
    }
    // The version of a team covers its members; one who joined and left again in this change does
    // not count. This is the last statement: until here, changes that add other members do not wait
    // for this one.
    return moved.size > 0 || renamed ? touch(session, locked.team) : locked.team;
  });
}

function move(
  session: Session,
  locked: LockedTeam,
  step: Exclude<TeamStep, { kind: 'rename' }>,
): Promise<string[]> {
  switch (step.kind) {
    case 'admit':
      return admitInto(session, locked, step.memberIds);
    case 'expel':
      return expelFrom(session, locked, step.memberIds);
    case 'empty':
      return expelFrom(session, locked, null);
    case 'replace':
      return replace(session, locked, step.memberIds);
  }
}

async function rewrite(
  session: Session,
  { team, owner }: LockedTeam,
  facts: Partial<ProvisionedTeam>,
): Promise<TeamRow> {
  session.attempting('team.updated', subjectOf(team));
  const { team: written, changes } = await write(session, team, facts);
  if (changes.length > 0)
    session.record({
      action: 'team.updated',
      subject: subjectOf(written),
      changes,
      providerId: owner?.id ?? null,
    });
  return written;
}

/** Exactly these: the others leave, the missing join, whoever is in already is untouched. */
async function replace(
  session: Session,
  locked: LockedTeam,
  memberIds: readonly string[],
): Promise<string[]> {
  const wanted = new Set(memberIds);
  const present = await session
    .rows('memberships')
    .select('member_id')
    .where('team_id', '=', locked.team.id)
    .execute();
  const joined = await admitInto(session, locked, memberIds);
  return [
    ...joined,
    ...(await expelFrom(
      session,
      locked,
      present.map(row => row.member_id).filter(id => !wanted.has(id)),
    )),
  ];
}
