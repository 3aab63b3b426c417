import { invalid, notFound } from '../refusal.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { assertFits } from '../tables/text.ts';
import { everyRole } from './lookup.ts';
import { type MappingInput, sourceOf } from './mapping-differences.ts';

/**
 * Each mapping names one source that exists and one role, each source once. Refuses: invalid,
 * not-found.
 */
export async function assertMappings(
  session: Session,
  wishes: readonly MappingInput[],
): Promise<void> {
  const roles = new Map((await everyRole(session)).map(role => [role.id, role]));
  const teamIds = wishes.flatMap(wish => wish.teamId ?? []).filter(isId);
  const teams = new Set(
    teamIds.length === 0
      ? []
      : (await session.rows('teams').select('id').where('id', 'in', teamIds).execute()).map(
          team => team.id,
        ),
  );
  const seen = new Set<string>();
  for (const [index, wish] of wishes.entries()) {
    const field = (name: string) => ['mappings', String(index), name];
    if ((wish.teamId == null) === (wish.pushedRole == null))
      throw invalid(
        'A mapping names a team or a pushed role, and only one of them.',
        'mappings',
        String(index),
      );
    if (wish.teamId != null && !teams.has(wish.teamId))
      throw notFound('team').at(...field('teamId'));
    if (wish.pushedRole != null) assertFits('pushedRole', wish.pushedRole, ...field('pushedRole'));
    if (wish.pushedRole != null && wish.pushedRole.trim() === '')
      throw invalid('`pushedRole` must not be empty.', ...field('pushedRole'));
    const role = roles.get(wish.roleId);
    if (!role) throw notFound('role').at(...field('roleId'));
    if (seen.has(sourceOf(wish)))
      throw invalid(
        'Each team and each pushed role can be mapped once.',
        'mappings',
        String(index),
      );
    seen.add(sourceOf(wish));
  }
}
