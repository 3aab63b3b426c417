import { sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { isId } from '../ids.ts';
import type { InvitationState } from './invitation.ts';
import { type ColumnsOf, type RowOf, written } from '../rows.ts';

/** Never the link itself, nor its digest. */
const invitationColumns = [
  'member_id as memberId',
  'state',
  'last_sent_at as lastSentAt',
  'sent_count as sentCount',
  'link_expires_at as linkExpiresAt',
  'delivery_error as deliveryError',
] as const satisfies ColumnsOf<'invitations'>;
export type InvitationRow = RowOf<'invitations', typeof invitationColumns> & {
  state: InvitationState;
};

const row = written(invitationColumns);

export async function invitationsOf(
  { db, tenantId }: Directory,
  memberIds: readonly string[],
): Promise<InvitationRow[]> {
  const { rows } =
    await sql<InvitationRow>`select ${row} from invitations where tenant_id = ${tenantId}::uuid and member_id = any(${memberIds.filter(isId)}::uuid[]) and state <> 'LEAVING'`.execute(
      db,
    );
  return rows;
}
