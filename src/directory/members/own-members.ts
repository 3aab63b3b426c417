import { type RawBuilder, sql } from 'kysely';
import { type Page, pageOf, type SortKey } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { columnList, columnsOf, type RowOf } from '../tables/rows.ts';
import { PLACED_NAMES } from './attributes.ts';
import { type MemberCondition, memberCondition } from './member-conditions.ts';
import type { MemberListRequest } from './member-lists.ts';
import { memberKeys, sortColumns } from './member-orders.ts';
import { MemberSchema } from './member.ts';

/** The columns that a provider wrote and may read. */
const ownColumns = columnsOf(MemberSchema, {
  only: ['id', ...PLACED_NAMES, 'email', 'state', 'profile', 'version', 'createdAt', 'updatedAt'],
});

/** A member as its provider's door reads it, with those of the provider's teams that it is in. */
export interface OwnMember extends RowOf<'members', typeof ownColumns> {
  teams?: { id: string; name: string }[];
}

const row = columnList(ownColumns);

/** Those of the acting provider's teams that a member of it is in. */
export async function ownTeamsOf(
  { db, tenantId, asProvider }: Session,
  memberId: string,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select own.id, own.name from memberships as held
      join teams as own on own.tenant_id = held.tenant_id and own.id = held.team_id
    where held.tenant_id = ${tenantId}::uuid and held.member_id = ${memberId}::uuid
      and own.tenant_id = ${tenantId}::uuid and own.provider_id = ${asProvider}::uuid
    order by own.id
  `.execute(db);
  return rows;
}

/** A page of the acting provider's members (rule 9), each with its teams: one statement. */
export function pageOfOwnMembers(
  session: Session,
  { where, orderBy, withTeams, ...request }: MemberListRequest & { withTeams?: boolean } = {},
): Promise<Page<OwnMember>> {
  const keys = memberKeys(orderBy);
  const among = ownMembers(session, where);
  return pageOf<OwnMember>(
    request,
    keys as SortKey<OwnMember>[],
    async ({ where: inRange, order, limitOffset }) => {
      const { rows } = await sql<OwnMember>`
      select ${row}${sortColumns(keys)}${withTeams ? teams : sql``}
      from members where ${among} and ${inRange} order by ${order} ${limitOffset}
    `.execute(session.db);
      return rows;
    },
  );
}

export async function countOwnMembers(session: Session, where?: MemberCondition): Promise<number> {
  const {
    rows: [counted],
  } = await sql<{
    count: number;
  }>`select count(*) from members where ${ownMembers(session, where)}`.execute(session.db);
  return counted?.count ?? 0;
}

const ownMembers = (session: Session, where: MemberCondition | undefined): RawBuilder<unknown> =>
  sql.join(
    [
      sql`members.tenant_id = ${session.tenantId}::uuid
        and members.provider_id = ${session.asProvider}::uuid and members.state <> 'DELETED'`,
      ...(where === undefined ? [] : [memberCondition(session, where)]),
    ],
    sql` and `,
  );

const teams = sql`, coalesce((
  select jsonb_agg(jsonb_build_object('id', own.id, 'name', own.name) order by own.id)
  from memberships as held join teams as own on own.tenant_id = held.tenant_id
    and own.id = held.team_id and own.provider_id = members.provider_id
  where held.tenant_id = members.tenant_id and held.member_id = members.id), '[]') as teams`;
