import { sql } from 'kysely';
import { assertMayReach } from '../authority.ts';
import { invalid } from '../refusal.ts';
import type { Session } from '../session.ts';
import { newId } from '../tables/ids.ts';
import { assertMappings } from './assert-mappings.ts';
import { type MappingFacts, pushedKey, type Rulebook } from './decide-role.ts';
import {
  type MappingInput,
  comparable,
  rolesOfDifferences,
  sourceOf,
} from './mapping-differences.ts';
import { namesOf, reassignRoles } from './reassign.ts';
import { lockRulebook } from './rulebook.ts';

/** How many mappings a tenant may have. */
export const MOST_MAPPINGS = 1_000;
const PORTION = 25_000;

/**
 * Sets all mappings in order. Those that stay keep their id; whoever they speak about is
 * reassigned.
 */
export function setMappings(session: Session, wishes: readonly MappingInput[]): Promise<void> {
  return session.change(async () => {
    session.require('ROLE_ADMIN');
    if (wishes.length > MOST_MAPPINGS)
      throw invalid(`At most ${MOST_MAPPINGS} mappings are possible.`, 'mappings');
    await assertMappings(session, wishes);
    const before = await lockRulebook(session, 'exclusive');
    const present = await session
      .rows('role_mappings')
      .select([
        'id',
        'position',
        'team_id as teamId',
        'pushed_role as pushedRole',
        'role_id as roleId',
      ])
      .execute();
    const ids = new Map(present.map(mapping => [sourceOf(mapping), mapping.id]));
    const wanted = wishes.map((wish, position) => ({
      id: ids.get(sourceOf(wish)) ?? newId(),
      position: position + 1,
      teamId: wish.teamId ?? null,
      pushedRole: wish.pushedRole ?? null,
      roleId: wish.roleId,
    }));
    const after: Rulebook = { ...before, mappings: wanted };
    if (JSON.stringify(comparable(before.mappings)) === JSON.stringify(comparable(wanted))) return;

    session.attempting('roleMapping.updated', {
      type: 'RoleMapping',
      id: null,
      name: 'role mappings',
    });
    const roleIds = rolesOfDifferences(before.mappings, wanted);
    await assertMayReach(session, { roleIds, by: 'a mapping that changes' }, 'mappings');
    await replaceMappings(session, present, wanted);
    await record(session, before, after, present, wanted);
    for await (const portion of concerned(session, [...before.mappings, ...wanted]))
      await reassignRoles(session, portion, after, before);
  });
}

/** Removes the rows that are not wanted any more, inserts the new ones, and updates the others. */
async function replaceMappings(
  session: Session,
  present: readonly { id: string }[],
  wanted: readonly (MappingFacts & { id: string })[],
): Promise<void> {
  const wantedIds = new Set(wanted.map(mapping => mapping.id));
  const gone = present.filter(mapping => !wantedIds.has(mapping.id));
  if (gone.length > 0)
    await session.removeMany('role_mappings', {
      where: sql`target.id = any(${gone.map(mapping => mapping.id)}::uuid[])`,
    });
  await session.insertMany(
    'role_mappings',
    ['tenant_id', 'id', 'position', 'team_id', 'pushed_role', 'role_id'],
    sql`
      select ${session.tenantId}::uuid, e.*
      from jsonb_to_recordset(${JSON.stringify(wanted.map(jsonRow))}::jsonb)
        as e (id uuid, position int, team_id uuid, pushed_role text, role_id uuid)`,
    {
      conflict: sql`
        on conflict (tenant_id, id) do update
          set position = excluded.position, role_id = excluded.role_id
          where (target.position, target.role_id)
            is distinct from (excluded.position, excluded.role_id)`,
      updates: true,
    },
  );
}

const jsonRow = ({ id, position, teamId, pushedRole, roleId }: MappingFacts & { id: string }) => ({
  id,
  position,
  team_id: teamId,
  pushed_role: pushedRole,
  role_id: roleId,
});

async function record(
  session: Session,
  before: Rulebook,
  after: Rulebook,
  present: readonly (MappingFacts & { id: string })[],
  wanted: readonly (MappingFacts & { id: string })[],
): Promise<void> {
  const names = await namesOf(session, {
    ...after,
    mappings: [...before.mappings, ...after.mappings],
  });
  const name = (mapping: MappingFacts) =>
    mapping.teamId ? names.team(mapping.teamId) : `pushed role ${mapping.pushedRole}`;
  const previous = new Map(present.map(mapping => [mapping.id, mapping]));
  for (const mapping of wanted) {
    const old = previous.get(mapping.id);
    previous.delete(mapping.id);
    const changes = [
      {
        name: 'role',
        before: old ? names.role(old.roleId) : null,
        after: names.role(mapping.roleId),
      },
      { name: 'position', before: old?.position ?? null, after: mapping.position },
    ].filter(change => change.before !== change.after);
    if (changes.length === 0) continue;
    session.record({
      action: old ? 'roleMapping.updated' : 'roleMapping.created',
      subject: { type: 'RoleMapping', id: mapping.id, name: name(mapping) },
      changes,
    });
  }
  for (const mapping of previous.values()) {
    session.record({
      action: 'roleMapping.removed',
      subject: { type: 'RoleMapping', id: mapping.id, name: name(mapping) },
      changes: [{ name: 'role', before: names.role(mapping.roleId) }],
    });
  }
}

/** Everybody these mappings speak about, in portions. */
async function* concerned(
  session: Session,
  mappings: readonly MappingFacts[],
): AsyncGenerator<string[]> {
  const teamIds = mappings.flatMap(mapping => mapping.teamId ?? []);
  const pushed = mappings.flatMap(mapping =>
    mapping.pushedRole === null ? [] : pushedKey(mapping.pushedRole),
  );
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { id: string }[] } = await sql<{ id: string }>`
      select id from (
        (select distinct member_id as id from memberships where tenant_id = ${session.tenantId}
        and team_id = any(${teamIds}::uuid[])
          and (${after}::uuid is null or member_id > ${after}::uuid) order by 1 limit ${PORTION})
        union
        (select id from members where tenant_id = ${session.tenantId}
        and cardinality(${pushed}::text[]) > 0 and pushed_roles && ${pushed}::text[]
          and (${after}::uuid is null or id > ${after}::uuid) order by 1 limit ${PORTION})
      ) them order by id limit ${PORTION}
    `.execute(session.db);
    if (rows.length === 0) return;
    yield rows.map(found => found.id);
    after = rows.at(-1)?.id ?? null;
  }
}
