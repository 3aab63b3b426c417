import { sql } from 'kysely';
import { type Page, pageOf, type PageRequest } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { visibleMembers, requireReading } from '../visibility.ts';
import { isByRank, pageByRank, rankedKeys } from './by-rank.ts';
import {
  asksForDeleted,
  type MemberCondition,
  memberCondition,
  markCommonTermsForMembers,
} from './member-conditions.ts';
import { type MemberOrder, memberKeys, sortColumns } from './member-orders.ts';
import { memberRow, type MemberRow } from './member-rows.ts';

export interface MemberListRequest extends PageRequest {
  where?: MemberCondition | undefined;
  orderBy?: readonly MemberOrder[] | undefined;
}

/**
 * Members by condition, in the order asked for; deleted ones only where the condition names them.
 */
export async function pageOfMembers(
  session: Session,
  { where, orderBy, ...request }: MemberListRequest = {},
): Promise<Page<MemberRow>> {
  requireReading(session);
  const asked = memberKeys(orderBy);
  const byRank = isByRank(asked);
  const keys = byRank ? rankedKeys(asked) : asked;
  const among = membersAmong(session, await markCommonTermsForMembers(session, where));
  return pageOf(request, keys, async window => {
    const { where: inRange, order, limitOffset } = window;
    const page = byRank
      ? pageByRank(session, memberRow, among, window)
      : sql<MemberRow>`select ${memberRow}${sortColumns(keys)} from members
          where ${among} and ${inRange} order by ${order} ${limitOffset}`;
    return (await page.execute(session.db)).rows;
  });
}

export async function countMembers(session: Session, where?: MemberCondition): Promise<number> {
  requireReading(session);
  const among = membersAmong(session, await markCommonTermsForMembers(session, where));
  const {
    rows: [counted],
  } = await sql<{ count: number }>`select count(*) from members where ${among}`.execute(session.db);
  return counted?.count ?? 0;
}

/** Everything of this tenant that the condition names, as far as it is visible. */
export function membersAmong(session: Session, where: MemberCondition | undefined) {
  const parts = [sql`members.tenant_id = ${session.tenantId}::uuid`, visibleMembers(session)];
  if (!asksForDeleted(where)) parts.push(sql`members.state <> 'DELETED'`);
  if (where !== undefined) parts.push(memberCondition(session, where));
  return sql.join(parts, sql` and `);
}
