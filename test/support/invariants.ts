import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Directory } from '../../src/directory/index.ts';

/**
 * Everything of a tenant that a verb can change, as plain text to compare; `lastEntry` tells which
 * entries came after. A team's version is left out: it also speaks for who is inside, which has
 * entries of its own.
 */
export interface Snapshot {
  members: Map<string, string>;
  teams: Map<string, string>;
  memberships: Set<string>;
  lastEntry: string;
}

export async function snapshot({ db, tenantId }: Directory): Promise<Snapshot> {
  const {
    rows: [all],
  } = await sql<{
    members: [string, string][];
    teams: [string, string][];
    memberships: string[];
    last: string;
  }>`select
    (select coalesce(jsonb_agg(jsonb_build_array(id, to_jsonb(m) - 'updated_at' - 'hand_role_id')),
    '[]') from members m where tenant_id = ${tenantId}) as members,
    (select coalesce(jsonb_agg(jsonb_build_array(id, to_jsonb(t) - 'updated_at' - 'version')), '[]')
    from teams t where tenant_id = ${tenantId}) as teams,
    (select coalesce(jsonb_agg(member_id || ' ' || team_id), '[]') from memberships
    where tenant_id = ${tenantId}) as memberships,
    (select id from audit_entries where tenant_id = ${tenantId} order by id desc
    limit 1) as last`.execute(db);
  const text = (pairs: [string, unknown][]) =>
    new Map(pairs.map(([id, row]) => [id, JSON.stringify(row)]));
  return {
    members: text(all!.members),
    teams: text(all!.teams),
    memberships: new Set(all!.memberships),
    lastEntry: all!.last,
  };
}

/** What holds at any time, whoever did what: rules 3, 11, 12 and 19. */
export async function assertSound(directory: Directory): Promise<void> {
  const { db, tenantId } = directory;
  const { rows: strangers } = await sql`
    select m.user_name, t.name from memberships s join teams t on t.tenant_id = s.tenant_id
    and t.id = s.team_id join members m on m.tenant_id = s.tenant_id and m.id = s.member_id
    join identity_providers p on p.tenant_id = t.tenant_id and p.id = t.provider_id
    where s.tenant_id = ${tenantId} and p.provisioning <> 'OFF' and m.provider_id is distinct
    from t.provider_id`.execute(db);
  expect(strangers, 'members in a managed team that do not come from its provider').toEqual([]);

  const { rows: owners } = await sql`
    select from members m join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.tenant_id = ${tenantId} and r.built_in = 'owner' and m.state = 'ACTIVE'`.execute(db);
  expect(owners.length, 'active owners').toBeGreaterThan(0);

  const { rows: repeated } = await sql`
    select user_name_key as name from members where tenant_id = ${tenantId} and state <> 'DELETED'
    and (origin = 'MANUAL' or provider_id is not null) group by 1 having count(*) > 1
    union all select name_key from teams where tenant_id = ${tenantId} and (origin = 'MANUAL'
    or provider_id is not null) group by 1 having count(*) > 1`.execute(db);
  expect(repeated, 'names given twice').toEqual([]);

  const living = await directory
    .rows('members')
    .select(['id', 'role_id as roleId', 'user_name as userName'])
    .where('state', '<>', 'DELETED')
    .execute();
  const decided = await directory.roles.explain(living.map(({ id }) => id));
  const wrong = living
    .filter(({ id, roleId }) => decided.get(id)?.roleId !== roleId)
    .map(({ id, userName }) => `${userName}: ${decided.get(id)?.summary}`);
  expect(wrong, 'stored roles that the rules would decide otherwise').toEqual([]);
}

/**
 * Rule 21 over one verb: what changed has an entry, one for each object, and what did not change
 * has none.
 */
export async function assertRecorded(
  { db, tenantId }: Directory,
  before: Snapshot,
  after: Snapshot,
): Promise<void> {
  const { rows: entries } = await sql<{
    subject: string | null;
    related: string | null;
    outcome: string;
    action: string;
    type: string;
  }>`
    select subject_id as subject, related_id as related, outcome, action, subject_type as type
    from audit_entries where tenant_id = ${tenantId} and id > ${before.lastEntry}
    order by id`.execute(db);
  const done = entries.filter(entry => entry.outcome === 'SUCCESS');
  // A role that follows from something else has its own entry beside the one of its cause.
  const keys = done.map(
    ({ subject, related, action }) =>
      `${subject} ${related} ${action === 'member.roleChanged' ? action : ''}`,
  );
  expect(keys.length, `one entry for each object: ${JSON.stringify(done)}`).toBe(
    new Set(keys).size,
  );
  const said = new Set(
    done.filter(({ related, type }) => !related || type !== 'Member').map(({ subject }) => subject),
  );
  const moved = new Set(
    done
      .filter(({ action }) => action.startsWith('membership.'))
      .map(({ subject, related }) => `${subject} ${related}`),
  );

  for (const table of ['members', 'teams'] as const) {
    for (const id of new Set([...before[table].keys(), ...after[table].keys()])) {
      const changed = before[table].get(id) !== after[table].get(id);
      expect(
        changed && !said.has(id),
        `a change of ${table} without an entry: ${before[table].get(id)} -> ${after[table].get(id)}`,
      ).toBe(false);
      const own = done.some(
        ({ subject, action, related }) =>
          subject === id && !related && !action.startsWith('membership.'),
      );
      expect(
        own && !changed,
        `an entry without a change: ${JSON.stringify(done.filter(entry => entry.subject === id))}`,
      ).toBe(false);
    }
  }
  const changedMemberships = [...new Set([...before.memberships, ...after.memberships])].filter(
    each => before.memberships.has(each) !== after.memberships.has(each),
  );
  for (const membership of changedMemberships) {
    const [memberId, teamId] = membership.split(' ');
    const along = done.some(
      ({ action, subject }) =>
        (subject === memberId && /^member\.(deleted|restored)$/.test(action)) ||
        (subject === teamId && action === 'team.deleted'),
    );
    expect(moved.has(membership) || along, `a membership without an entry: ${membership}`).toBe(
      true,
    );
  }
  for (const membership of moved)
    expect(changedMemberships, `an entry without a membership: ${JSON.stringify(done)}`).toContain(
      membership,
    );
}
