import { sql } from 'kysely';
import { RESTORABLE_DAYS } from '../members/purge.ts';
import type { Session } from '../session.ts';
import { columnsOf, type RowOf } from '../tables/rows.ts';
import { DeletedTeamSchema } from './deleted-team.ts';

const deletedColumns = columnsOf(DeletedTeamSchema, { except: ['tenantId', 'deletedAt'] });
export type DeletedTeam = RowOf<'deleted_teams', typeof deletedColumns>;

/** The remains of a team that can still be restored, locked. */
export async function lockDeleted(session: Session, id: string): Promise<DeletedTeam | undefined> {
  return session
    .rows('deleted_teams')
    .select(deletedColumns)
    .where('id', '=', id)
    .where(sql<boolean>`deleted_at >= now() - make_interval(days => ${RESTORABLE_DAYS})`)
    .forUpdate()
    .executeTakeFirst();
}
