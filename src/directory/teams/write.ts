import type { AttributeChange } from '../audit/audit-entry.ts';
import { Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { type TeamRow, teamColumns } from './team-rows.ts';

export type TeamPatch = Partial<Pick<TeamRow, 'name' | 'providerId' | 'externalId' | 'linkId'>>;
const COLUMNS = {
  name: 'name',
  providerId: 'provider_id',
  externalId: 'external_id',
  linkId: 'link_id',
} as const satisfies Record<keyof TeamPatch, string>;

/** Writes what differs, and nothing when nothing does. */
export async function write(
  session: Session,
  team: TeamRow,
  patch: TeamPatch,
): Promise<{ team: TeamRow; changes: AttributeChange[] }> {
  const differing = (Object.keys(patch) as (keyof TeamPatch)[]).filter(
    name => patch[name] !== team[name],
  );
  if (differing.length === 0) return { team, changes: [] };
  const set = Object.fromEntries(differing.map(name => [COLUMNS[name], patch[name]]));
  const written = await session.update('teams', team.id, set, teamColumns);
  return {
    team: written,
    changes: differing
      .filter(name => name !== 'linkId')
      .map(name => ({ name, before: team[name], after: patch[name] ?? null })),
  };
}

/**
 * Refuses a name that another team has, whoever made it: what people make by hand must not repeat
 * even a detached team.
 */
export async function assertFree(session: Session, name: string, except?: string): Promise<void> {
  let rows = session.rows('teams').select('id').where('name_key', '=', folded(name));
  if (except) rows = rows.where('id', '<>', except);
  const holder = await rows.limit(1).executeTakeFirst();
  if (holder)
    throw new Refusal('name-taken', 'A team with this name already exists.', {
      field: ['name'],
      holderId: holder.id,
    });
}
