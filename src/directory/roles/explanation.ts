import type { Candidate, RoleDecision } from './decide-role.ts';

/** The names that an explanation needs to speak of roles and teams. */
export interface Names {
  role(id: string): string;
  team(id: string): string;
}

/** Why this candidate did not win, in words. */
export function lostBecause({ lostTo, rule }: Candidate, names: Names): string | null {
  if (!lostTo) return null;
  switch (lostTo.rule) {
    case 'LOCK':
      return 'The role is locked.';
    case 'MANUAL':
      return 'A role set by hand comes before mappings and the default role.';
    case 'TEAM_MAPPING':
      return rule === 'DEFAULT'
        ? `The team ${names.team(lostTo.teamId as string)} is mapped to a role.`
        : `The mapping of the team ${names.team(lostTo.teamId as string)} stands before it.`;
    case 'PUSHED_ROLE':
      return rule === 'DEFAULT'
        ? `The pushed role "${lostTo.pushedRole}" is mapped to a role.`
        : `The mapping of the pushed role "${lostTo.pushedRole}" stands before it.`;
    case 'DEFAULT':
      return null;
  }
}

/** The whole decision in one sentence. */
export function summary(
  { decidedBy, roleId, candidates, withoutLock }: RoleDecision,
  names: Names,
): string {
  const winner = candidates[0] as Candidate;
  const role = names.role(roleId);
  switch (decidedBy) {
    case 'LOCK':
      return withoutLock === roleId
        ? `The role ${role} is locked; without the lock it would be the same.`
        : `The role ${role} is locked; without the lock it would be ${names.role(withoutLock)}.`;
    case 'MANUAL':
      return `The role ${role} was set by hand.`;
    case 'TEAM_MAPPING':
      return `The role ${role} comes from the team ${names.team(winner.teamId as string)}.`;
    case 'PUSHED_ROLE': {
      const pushed = `the role "${winner.pushedRole}" that the provider pushed`;
      return `The role ${role} comes from ${pushed}.`;
    }
    case 'DEFAULT':
      return `The role ${role} is the tenant's default role.`;
  }
}
