import { sql } from 'kysely';
import { RESTORABLE_DAYS } from '../members/purge.ts';
import type { Session } from '../session.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import { DeletedTeamSchema } from './deleted-team.ts';

const deletedColumns = columnsOf(DeletedTeamSchema, { except: ['tenantId', 'deletedAt'] });
export type DeletedTeam = RowOf<'deleted_teams', typeof deletedColumns>;

/** The remains of a team that can still be restored. */
export function findDeleted(session: Session, id: string): Promise<DeletedTeam | undefined> {
  return restorable(session, id).executeTakeFirst();
}

/** The same, the row locked. */
export function lockDeleted(session: Session, id: string): Promise<DeletedTeam | undefined> {
  return restorable(session, id).forUpdate().executeTakeFirst();
}

const restorable = (session: Session, id: string) =>
  session
    .rows('deleted_teams')
    .select(deletedColumns)
    .where('id', '=', id)
    .where(sql<boolean>`deleted_at >= now() - make_interval(days => ${RESTORABLE_DAYS})`);
