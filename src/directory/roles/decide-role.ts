import { fold } from '../../text/index.ts';

/** The rules that can decide a role, in the order in which they are asked. */
export const ROLE_RULES = ['LOCK', 'MANUAL', 'TEAM_MAPPING', 'PUSHED_ROLE', 'DEFAULT'] as const;
export type RoleRule = (typeof ROLE_RULES)[number];

export interface MappingFacts {
  position: number;
  roleId: string;
  teamId: string | null;
  pushedRole: string | null;
}

/** The role rules of a tenant: its mappings in order and its default role. */
export interface Rulebook {
  mappings: readonly MappingFacts[];
  defaultRoleId: string;
}

/** The inputs of the role decision for one member. */
export interface RoleInputs {
  lockedRoleId: string | null;
  /** The role set by hand, where that counts. */
  handRoleId: string | null;
  teamIds: ReadonlySet<string>;
  pushedRoles: ReadonlySet<string>;
}

export interface Candidate {
  rule: RoleRule;
  roleId: string;
  teamId: string | null;
  pushedRole: string | null;
  won: boolean;
  lostTo: Candidate | null;
}
export interface RoleDecision {
  roleId: string;
  decidedBy: RoleRule;
  candidates: Candidate[];
  withoutLock: string;
}

/**
 * Which role a member has, and why: the lock, then what was set by hand, then the mapping with the
 * best position among the member's teams and pushed roles, then the tenant's default. The first
 * candidate wins; the others lost to it.
 */
export function decideRole(member: RoleInputs, rules: Rulebook): RoleDecision {
  const candidates = [...candidatesOf(member, rules)];
  const winner = candidates[0] as Candidate;
  const unlocked = candidates.find(candidate => candidate.rule !== 'LOCK') as Candidate;
  winner.won = true;
  for (const candidate of candidates) if (!candidate.won) candidate.lostTo = winner;
  return {
    roleId: winner.roleId,
    decidedBy: winner.rule,
    candidates,
    withoutLock: unlocked.roleId,
  };
}

/**
 * Pushed roles are compared as names are; SCIM too does it without regard to case (RFC 7643 section
 * 8.7.1).
 */
export const pushedKey = fold;

function* candidatesOf(member: RoleInputs, rules: Rulebook): Generator<Candidate> {
  const pushed = new Set([...member.pushedRoles].map(pushedKey));
  const candidate = (
    rule: RoleRule,
    roleId: string,
    teamId: string | null = null,
    pushedRole: string | null = null,
  ): Candidate => ({ rule, roleId, teamId, pushedRole, won: false, lostTo: null });
  if (member.lockedRoleId) yield candidate('LOCK', member.lockedRoleId);
  if (member.handRoleId) yield candidate('MANUAL', member.handRoleId);
  for (const mapping of rules.mappings) {
    if (mapping.teamId !== null && member.teamIds.has(mapping.teamId))
      yield candidate('TEAM_MAPPING', mapping.roleId, mapping.teamId);
    if (mapping.pushedRole !== null && pushed.has(pushedKey(mapping.pushedRole)))
      yield candidate('PUSHED_ROLE', mapping.roleId, null, mapping.pushedRole);
  }
  yield candidate('DEFAULT', rules.defaultRoleId);
}
