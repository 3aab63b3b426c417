import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../session.ts';
import { assertLocked, lockExclusively, shareLocks } from '../tables/locks.ts';
import type { MappingFacts, Rulebook } from './decide-role.ts';

interface Row {
  defaultRoleId: string;
  mappings: MappingFacts[];
}

/** A rulebook in a statement that wants it beside something else: where it is, and its columns. */
export const rulebookSource = (tenantId: string): RawBuilder<unknown> => sql`
  (select id as of_tenant, default_role_id from tenants where id = ${tenantId}::uuid) as rules`;
export const rulebookColumns = sql<Row>`
  rules.default_role_id as "defaultRoleId", coalesce((
    select jsonb_agg(jsonb_build_object('position', m.position, 'roleId', m.role_id,
      'teamId', m.team_id, 'pushedRole', m.pushed_role) order by m.position)
    from role_mappings m where m.tenant_id = rules.of_tenant), '[]') as mappings`;

/**
 * The tenant's role rules, locked for the rest of the change: a change of the rules waits for this
 * one, or this one for it.
 */
export async function lockRulebook(
  session: Session,
  mode: 'shared' | 'exclusive' = 'shared',
): Promise<Rulebook> {
  if (mode === 'shared') await shareLocks(session, { rulebook: true });
  else await lockExclusively(session, 'rulebook', session.tenantId);
  const rules = await rulebookOf(session);
  assertLocked(session, 'rulebook', session.tenantId, mode);
  return rules;
}

/** The same, only to be read. */
export async function rulebookOf({ db, tenantId }: Session): Promise<Rulebook> {
  const { rows } = await sql<Row>`
    select ${rulebookColumns} from ${rulebookSource(tenantId)}`.execute(db);
  return rows[0] as Row;
}
