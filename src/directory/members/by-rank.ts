import { type RawBuilder, sql } from 'kysely';
import type { SortKey, Window } from '../paging/page.ts';
import type { Session } from '../session.ts';
import type { MemberRow } from './member-rows.ts';

/**
 * Sorted by the rank of the role and nothing else: then each role gives its own first ones by
 * index, and nobody else has to be ranked.
 */
export const isByRank = ([first, second]: readonly SortKey<MemberRow>[]): boolean =>
  first?.name === 'role' && second?.name === 'member' && first.direction === second.direction;

/** The rank of the role at hand, where the roles are gone through. */
export const rankedKeys = ([
  first,
  ...rest
]: readonly SortKey<MemberRow>[]): SortKey<MemberRow>[] => [
  { ...(first as SortKey<MemberRow>), expression: sql`held.rank` },
  ...rest,
];

export const pageByRank = (
  { tenantId }: Session,
  row: RawBuilder<unknown>,
  among: RawBuilder<unknown>,
  { where, order, limit, skip, limitOffset }: Window,
): RawBuilder<MemberRow> => sql<MemberRow>`
  select members.*, held.rank as sort0 from roles as held cross join lateral (
    select ${row} from members where ${among} and members.role_id = held.id and ${where}
    order by ${order} limit ${limit + skip}) as members
  where held.tenant_id = ${tenantId}::uuid order by ${order} ${limitOffset}
`;
