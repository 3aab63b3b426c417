import { type MappingFacts, pushedKey } from './decide-role.ts';

export interface MappingInput {
  teamId?: string | null | undefined;
  pushedRole?: string | null | undefined;
  roleId: string;
}

/** What a mapping is from: its team, or the pushed role as it is looked up. */
export const sourceOf = ({
  teamId,
  pushedRole,
}: {
  teamId?: string | null | undefined;
  pushedRole?: string | null | undefined;
}) => teamId ?? `pushed ${pushedKey(pushedRole ?? '')}`;

export const comparable = (mappings: readonly MappingFacts[]) =>
  mappings.map(mapping => [sourceOf(mapping), mapping.roleId]);

/**
 * The roles of what is added, removed, changed or moved: everything between the first mapping that
 * differs and the last.
 */
export function rolesOfDifferences(
  before: readonly MappingFacts[],
  after: readonly MappingFacts[],
): string[] {
  const [old, wanted] = [comparable(before).map(String), comparable(after).map(String)];
  const shorter = Math.min(old.length, wanted.length);
  let head = 0;
  while (head < shorter && old[head] === wanted[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  const between = [
    ...before.slice(head, before.length - tail),
    ...after.slice(head, after.length - tail),
  ];
  return [...new Set(between.map(({ roleId }) => roleId))];
}
