import type { TeamStep } from '../../directory/index.ts';
import { type GroupEffect, matchesElement, type NamedMember } from '../protocol/index.ts';
import type { Scope } from '../scope.ts';
import { factsOf } from './mapping.ts';

/** The effects of a PATCH as steps that the directory applies in one change. */
export async function stepsOf(
  scope: Scope,
  teamId: string,
  effects: readonly GroupEffect[],
): Promise<TeamStep[]> {
  const steps: TeamStep[] = [];
  for (const effect of effects) steps.push(await stepOf(scope, teamId, effect));
  return steps;
}

/** The display names that the client sent, by member id; members without one are left out. */
export const displaysOf = (members: readonly NamedMember[]): ReadonlyMap<string, string> =>
  new Map(members.flatMap(({ id, display }) => (display === undefined ? [] : [[id, display]])));

async function stepOf(scope: Scope, teamId: string, effect: GroupEffect): Promise<TeamStep> {
  switch (effect.kind) {
    case 'set':
      return { kind: 'rename', team: factsOf(effect.attributes) };
    case 'addMembers':
    case 'replaceMembers':
      return {
        kind: effect.kind === 'addMembers' ? 'admit' : 'replace',
        memberIds: effect.members.map(({ id }) => id),
        displays: displaysOf(effect.members),
      };
    case 'removeMembers':
      return { kind: 'expel', memberIds: effect.ids };
    case 'removeAllMembers':
      return { kind: 'empty' };
    // Something else than ids was asked of the members: they have to be looked at.
    case 'removeMatching': {
      const { members } = await scope.directory.teams.membersOfOwn(
        [teamId],
        Number.MAX_SAFE_INTEGER,
      );
      const matching = members.filter(({ id, display }) =>
        matchesElement(effect.filter, { value: id, display, type: 'User' }),
      );
      return { kind: 'expel', memberIds: matching.map(({ id }) => id) };
    }
  }
}
