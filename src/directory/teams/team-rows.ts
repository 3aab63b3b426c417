import { type RawBuilder, sql } from 'kysely';
import { anyOf } from '../conditions/columns.ts';
import {
  type Direction,
  type Page,
  pageOf,
  type PageRequest,
  type SortKey,
} from '../paging/page.ts';
import type { Session } from '../session.ts';
import { folded } from '../tables/folded.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { requireReading, visibleTeams } from '../visibility.ts';
import { type TeamCondition, teamCondition, markCommonTermsForTeams } from './team-conditions.ts';
import { TeamSchema } from './team.ts';

export const teamColumns = columnsOf(TeamSchema);
export type TeamRow = RowOf<'teams', typeof teamColumns>;

export const TEAM_SORT_FIELDS = [
  'name',
  'createdAt',
  'updatedAt',
  'externalId',
  'memberCount',
] as const;
export type TeamSortField = (typeof TEAM_SORT_FIELDS)[number];
export interface TeamOrder {
  by: TeamSortField;
  direction?: Direction | undefined;
}
export interface TeamListRequest extends PageRequest {
  where?: TeamCondition | undefined;
  orderBy?: readonly TeamOrder[] | undefined;
}

/** Written out once: the query builder would take each column apart in every statement. */
export const teamRow = columnList(teamColumns);

export async function pageOfTeams(
  session: Session,
  { where, orderBy, ...request }: TeamListRequest = {},
): Promise<Page<TeamRow>> {
  requireReading(session);
  const keys = teamKeys(orderBy);
  const counted = keys.some(key => key.name === 'memberCount')
    ? sql`, ${memberCount} as "memberCount"`
    : sql``;
  const among = teamsAmong(session, await markCommonTermsForTeams(session, where));
  return pageOf(request, keys, async ({ where: inRange, order, limitOffset }) => {
    const { rows } = await sql<TeamRow>`
        select ${teamRow}${counted} from teams where ${among} and ${inRange}
        order by ${order} ${limitOffset}`.execute(session.db);
    return rows;
  });
}

export async function countTeams(session: Session, where?: TeamCondition): Promise<number> {
  requireReading(session);
  const {
    rows: [counted],
  } = await sql<{
    count: number;
  }>`
    select count(*) from teams
    where ${teamsAmong(session, await markCommonTermsForTeams(session, where))}`.execute(
    session.db,
  );
  return counted?.count ?? 0;
}

/** As far as the one who asks may see them, in no order. */
export async function teamsByIds(session: Session, ids: readonly string[]): Promise<TeamRow[]> {
  if (ids.length === 0) return [];
  return selectTeams(session, anyOf(sql`teams.id`, ids));
}

/** A detached team may share its name with one that is in use: that one comes first. */
export async function teamByName(session: Session, name: string): Promise<TeamRow | null> {
  if (name.includes('\0')) return null;
  const found = await selectTeams(
    session,
    sql`teams.name_key = ${folded(sql`${name}::text`)}`,
    sql`order by (origin = 'MANUAL' or provider_id is not null) desc, id limit 1`,
  );
  return found[0] ?? null;
}

async function selectTeams(
  session: Session,
  which: RawBuilder<unknown>,
  end: RawBuilder<unknown> = sql``,
): Promise<TeamRow[]> {
  const { rows } = await sql<TeamRow>`
      select ${teamRow} from teams where teams.tenant_id = ${session.tenantId}::uuid and ${which}
      and ${visibleTeams(session)} ${end}`.execute(session.db);
  return rows;
}

export const teamsAmong = (
  session: Session,
  where: TeamCondition | undefined,
): RawBuilder<unknown> =>
  sql.join(
    [
      sql`teams.tenant_id = ${session.tenantId}::uuid`,
      visibleTeams(session),
      ...(where === undefined ? [] : [teamCondition(session, where)]),
    ],
    sql` and `,
  );

const memberCount = sql`
  (select count(*) from memberships as held where held.tenant_id = teams.tenant_id
  and held.team_id = teams.id)`;

export function teamKeys(orderBy: readonly TeamOrder[] | undefined): SortKey<TeamRow>[] {
  const keys: SortKey<TeamRow>[] = [];
  for (const { by, direction = 'asc' } of orderBy ?? []) {
    // Ids are made in the order of creation; behind the id nothing can matter.
    if (by === 'createdAt') return [...keys, byId(direction)];
    if (!keys.some(key => key.name === by)) keys.push({ name: by, direction, ...sortings[by] });
  }
  return [...keys, byId(keys.at(-1)?.direction ?? 'asc')];
}

const byId = (direction: Direction): SortKey<TeamRow> => ({
  name: 'team',
  type: 'uuid',
  expression: sql`teams.id`,
  direction,
  read: team => team.id,
});

const sortings: Record<
  Exclude<TeamSortField, 'createdAt'>,
  Pick<SortKey<TeamRow>, 'type' | 'expression' | 'nullable' | 'read'>
> = {
  name: { type: 'text', expression: sql`teams.name_key`, read: team => team.nameKey },
  updatedAt: { type: 'instant', expression: sql`teams.updated_at`, read: team => team.updatedAt },
  externalId: {
    type: 'text',
    expression: sql`teams.external_id`,
    nullable: true,
    read: team => team.externalId,
  },
  memberCount: {
    type: 'whole',
    expression: memberCount,
    read: team => (team as TeamRow & { memberCount: number }).memberCount,
  },
};
