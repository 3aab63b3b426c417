import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';

/** The display of each member in a provider's group, by member id. */
export type Displays = ReadonlyMap<string, string>;

/**
 * Keeps what a group calls its members where that is not their own name, together with what they
 * are called now: it is given back until they are called something else. Says whether any is called
 * differently than before.
 */
export async function redisplay(
  session: Session,
  teamId: string,
  displays: Displays | undefined,
): Promise<boolean> {
  const { db, tenantId } = session;
  const ids = [...(displays?.keys() ?? [])].filter(isId);
  if (!displays || ids.length === 0) return false;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, display_name as name from members where tenant_id = ${tenantId}::uuid
    and id = any(${ids}::uuid[])
  `.execute(db);
  const named = new Map(rows.map(({ id, name }) => [id, name]));
  const { rows: held } = await sql<{ id: string; display: string | null; of: string | null }>`
    select member_id as id, display, display_of as of from memberships
    where tenant_id = ${tenantId}::uuid and team_id = ${teamId}::uuid
    and member_id = any(${ids}::uuid[])
  `.execute(db);
  const kept: Record<string, string> = {};
  const changed = held.filter(({ id, display, of }) => {
    const name = named.get(id);
    const wanted = displays.get(id) as string;
    if (name === undefined || wanted === (display !== null && of === name ? display : name))
      return false;
    if (wanted !== name) kept[id] = wanted;
    return true;
  });
  if (changed.length === 0) return false;
  const names = Object.fromEntries(Object.keys(kept).map(id => [id, named.get(id)]));
  await session.updateMany(
    'memberships',
    {
      display: sql`${JSON.stringify(kept)}::jsonb ->> target.member_id::text`,
      display_of: sql`${JSON.stringify(names)}::jsonb ->> target.member_id::text`,
    },
    {
      where: sql`
        target.team_id = ${teamId}::uuid and target.member_id =
        any(${changed.map(({ id }) => id)}::uuid[])`,
    },
  );
  return true;
}
