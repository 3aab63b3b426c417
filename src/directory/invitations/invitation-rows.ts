import { sql } from 'kysely';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { InvitationSchema, type InvitationState } from './invitation.ts';

/** Never the link itself, nor its digest. */
export const invitationColumns = columnsOf(InvitationSchema, {
  only: ['memberId', 'state', 'lastSentAt', 'sentCount', 'linkExpiresAt', 'deliveryError'],
});
export type InvitationRow = RowOf<'invitations', typeof invitationColumns> & {
  state: InvitationState;
};

const row = columnList(invitationColumns);

export async function invitationsOf(
  { db, tenantId }: Session,
  memberIds: readonly string[],
): Promise<InvitationRow[]> {
  const { rows } = await sql<InvitationRow>`
      select ${row} from invitations where tenant_id = ${tenantId}::uuid
      and member_id = any(${memberIds.filter(isId)}::uuid[]) and state <> 'LEAVING'`.execute(db);
  return rows;
}
