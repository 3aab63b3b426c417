import { type RawBuilder, sql } from 'kysely';
import type { Directory } from '../directory.ts';
import { type Page, pageOf, type SortKey } from '../paging.ts';
import { type ColumnsOf, written } from '../rows.ts';
import { type MemberCondition, memberCondition } from './member-conditions.ts';
import { memberKeys, sortColumns } from './member-orders.ts';
import { memberColumns, type MemberRow, type MembersAsked } from './member-rows.ts';

/** What a provider said of a member and may read of it again. */
const ownColumns = [
  'id',
  'user_name as userName',
  'email',
  'given_name as givenName',
  'family_name as familyName',
  'display_name as displayName',
  'state',
  'external_id as externalId',
  'profile',
  'version',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const satisfies ColumnsOf<'members'>;

/** A member as its provider's door reads it, with those of the provider's teams that it is in. */
export interface OwnMember extends Pick<
  MemberRow,
  | 'id'
  | 'userName'
  | 'email'
  | 'givenName'
  | 'familyName'
  | 'displayName'
  | 'state'
  | 'externalId'
  | 'profile'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
> {
  teams?: { id: string; name: string }[];
}

const row = written(ownColumns);
/** What a list may be sorted by is part of the place in it. */
const sortedRow = written(memberColumns);

/** What the acting provider sees (rule 9), its teams beside each member: one statement. */
export function pageOfOwnMembers(
  directory: Directory,
  { where, orderBy, withTeams, ...request }: MembersAsked & { withTeams?: boolean } = {},
): Promise<Page<OwnMember>> {
  const keys = memberKeys(orderBy);
  const among = ownMembers(directory, where);
  return pageOf<OwnMember>(
    request,
    keys as SortKey<OwnMember>[],
    async ({ where: within, order, portion }) => {
      const { rows } = await sql<OwnMember>`
      select ${keys.length > 1 ? sortedRow : row}${sortColumns(keys)}${withTeams ? teams : sql``} from members where ${among} and ${within} order by ${order} ${portion}
    `.execute(directory.db);
      return rows;
    },
  );
}

export async function countOwnMembers(
  directory: Directory,
  where?: MemberCondition,
): Promise<number> {
  const {
    rows: [counted],
  } = await sql<{
    count: number;
  }>`select count(*) from members where ${ownMembers(directory, where)}`.execute(directory.db);
  return counted?.count ?? 0;
}

const ownMembers = (
  directory: Directory,
  where: MemberCondition | undefined,
): RawBuilder<unknown> =>
  sql.join(
    [
      sql`members.tenant_id = ${directory.tenantId}::uuid and members.provider_id = ${directory.asProvider}::uuid and members.state <> 'DELETED'`,
      ...(where === undefined ? [] : [memberCondition(directory, where)]),
    ],
    sql` and `,
  );

const teams = sql`, coalesce((
  select jsonb_agg(jsonb_build_object('id', own.id, 'name', own.name) order by own.id) from memberships as held
  join teams as own on own.tenant_id = held.tenant_id and own.id = held.team_id and own.provider_id = members.provider_id
  where held.tenant_id = members.tenant_id and held.member_id = members.id), '[]') as teams`;
