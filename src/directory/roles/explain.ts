import type { Session } from '../session.ts';
import { type RoleRule, decideRole } from './decide-role.ts';
import { lostBecause, summary } from './explanation.ts';
import { namesOf } from './reassign.ts';
import { roleInputsOf } from './role-inputs.ts';
import { rulebookOf } from './rulebook.ts';

export interface ExplainedCandidate {
  rule: RoleRule;
  roleId: string;
  teamId: string | null;
  won: boolean;
  lostBecause: string | null;
}
export interface Explanation {
  roleId: string;
  decidedBy: RoleRule;
  withoutLock: string;
  summary: string;
  candidates: ExplainedCandidate[];
}

/**
 * Why these members have the role they have: every candidate, which one won, and why each other
 * lost.
 */
export async function explain(
  session: Session,
  memberIds: readonly string[],
): Promise<Map<string, Explanation>> {
  const rules = await rulebookOf(session);
  const names = await namesOf(session, rules);
  return new Map(
    (await roleInputsOf(session, memberIds, rules)).map(member => {
      const decision = decideRole(member, rules);
      return [
        member.id,
        {
          roleId: decision.roleId,
          decidedBy: decision.decidedBy,
          withoutLock: decision.withoutLock,
          summary: summary(decision, names),
          candidates: decision.candidates.map(candidate => ({
            rule: candidate.rule,
            roleId: candidate.roleId,
            teamId: candidate.teamId,
            won: candidate.won,
            lostBecause: lostBecause(candidate, names),
          })),
        },
      ];
    }),
  );
}
