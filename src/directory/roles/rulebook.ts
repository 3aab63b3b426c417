import { sql } from 'kysely';
import type { Session } from '../session.ts';
import type { MappingFacts, Rulebook } from './decide-role.ts';

interface Row {
  defaultRoleId: string;
  mappings: MappingFacts[];
}

/**
 * The columns of a locked rulebook, for a statement that wants it beside something else: `from
 * hold_rulebook(false) as rules`.
 */
export const rulebookColumns = sql<Row>`rules.default_role_id as "defaultRoleId", rules.mappings`;

/**
 * The tenant's role rules, locked for the rest of the change: a change of the rules waits for this
 * one, or this one for it.
 */
export async function lockRulebook(
  session: Session,
  lock: 'share' | 'update' = 'share',
): Promise<Rulebook> {
  const { rows } = await sql<Row>`
      select ${rulebookColumns} from hold_rulebook(${lock === 'update'}) as rules`.execute(
    session.db,
  );
  return rows[0] as Row;
}

/** The same, only to be read. */
export async function rulebookOf(session: Session): Promise<Rulebook> {
  const { default_role_id } = await session.db
    .selectFrom('tenants')
    .select('default_role_id')
    .where('id', '=', session.tenantId)
    .executeTakeFirstOrThrow();
  const mappings = await session
    .rows('role_mappings')
    .select(['position', 'role_id as roleId', 'team_id as teamId', 'pushed_role as pushedRole'])
    .orderBy('position')
    .execute();
  return { defaultRoleId: default_role_id as string, mappings };
}
