import { membersOfOwnTeams, type TeamStep } from '../../directory/index.ts';
import { type GroupEffect, matchesElement } from '../protocol/index.ts';
import type { Scope } from '../scope.ts';
import { factsOf } from './mapping.ts';

/** What a PATCH asks of a team, as steps that the directory takes in one change. */
export async function stepsOf(
  scope: Scope,
  teamId: string,
  effects: readonly GroupEffect[],
): Promise<TeamStep[]> {
  const steps: TeamStep[] = [];
  for (const effect of effects) steps.push(await stepOf(scope, teamId, effect));
  return steps;
}

async function stepOf(scope: Scope, teamId: string, effect: GroupEffect): Promise<TeamStep> {
  switch (effect.kind) {
    case 'set':
      return { kind: 'rename', team: factsOf(effect.attributes) };
    case 'addMembers':
      return { kind: 'admit', memberIds: effect.ids };
    case 'removeMembers':
      return { kind: 'expel', memberIds: effect.ids };
    case 'replaceMembers':
      return { kind: 'replace', memberIds: effect.ids };
    case 'removeAllMembers':
      return { kind: 'empty' };
    // Something else than ids was asked of the members: they have to be looked at.
    case 'removeMatching': {
      const members = await membersOfOwnTeams(scope.directory, [teamId], Number.MAX_SAFE_INTEGER);
      const matching = members.filter(({ id, displayName }) =>
        matchesElement(effect.filter, { value: id, display: displayName, type: 'User' }),
      );
      return { kind: 'expel', memberIds: matching.map(({ id }) => id) };
    }
  }
}
