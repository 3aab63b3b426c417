import { type RawBuilder, sql } from 'kysely';
import { type ProfileAttribute, profileValue } from '../conditions/profile.ts';
import { folded } from '../tables/folded.ts';
import type { Direction, SortKey } from '../paging/page.ts';
import { invalid } from '../refusal.ts';
import type { MemberRow } from './member-rows.ts';

export const MEMBER_SORT_FIELDS = [
  'createdAt',
  'updatedAt',
  'displayName',
  'userName',
  'email',
  'givenName',
  'familyName',
  'externalId',
  'state',
  'role',
] as const;
export type MemberSortField = (typeof MEMBER_SORT_FIELDS)[number];
export interface MemberOrder {
  by: MemberSortField | ProfileAttribute;
  direction?: Direction | undefined;
}

type Sorting = Pick<SortKey<MemberRow>, 'expression' | 'type' | 'nullable' | 'read'>;

/** What a member is sorted by. Values that the row does not hold anyway are read under `sort<n>`. */
export function memberKeys(orderBy: readonly MemberOrder[] | undefined): SortKey<MemberRow>[] {
  if (orderBy !== undefined && orderBy.length > ORDERS_MOST)
    throw invalid(`Members can be sorted by ${ORDERS_MOST} things at most.`, 'orderBy');
  const keys: SortKey<MemberRow>[] = [];
  for (const { by, direction = 'asc' } of orderBy ?? []) {
    // Ids are made in the order of creation; behind the id nothing can matter.
    if (by === 'createdAt') return [...keys, byId(direction)];
    const sorting =
      typeof by !== 'string'
        ? byProfile(by, keys.length)
        : { ...sortings[by], ...(EXTRA.has(by) && { read: extra(keys.length) }) };
    keys.push({
      name: typeof by === 'string' ? by : [by.extension, by.attribute, by.sub].join('/'),
      direction,
      ...sorting,
    });
  }
  return [...keys, byId(keys.at(-1)?.direction ?? 'asc')];
}

/** Columns that the order needs beside those of the row. */
export function sortColumns(keys: readonly SortKey<MemberRow>[]): RawBuilder<unknown> {
  const extra = keys.flatMap((key, at) =>
    isExtra(key) ? [sql`, ${key.expression} as ${sql.ref(`sort${at}`)}`] : [],
  );
  return extra.length === 0 ? sql`` : sql.join(extra, sql``);
}

const ORDERS_MOST = 5;
const byId = (direction: Direction): SortKey<MemberRow> => ({
  name: 'member',
  type: 'uuid',
  expression: sql`members.id`,
  direction,
  read: row => row.id,
});
const isExtra = (key: SortKey<MemberRow>) => EXTRA.has(key.name) || key.name.includes('/');
const EXTRA = new Set(['role', 'givenName', 'familyName']);
const extra = (at: number) => (row: MemberRow) =>
  (row as unknown as Record<string, unknown>)[`sort${at}`];

const rank = sql`(select held.rank from roles as held where held.tenant_id = members.tenant_id and held.id = members.role_id)`;
const unread = () => undefined;

const sortings: Record<Exclude<MemberSortField, 'createdAt'>, Sorting> = {
  updatedAt: { type: 'instant', expression: sql`members.updated_at`, read: row => row.updatedAt },
  displayName: {
    type: 'text',
    expression: sql`members.display_name_key`,
    read: row => row.displayNameKey,
  },
  userName: { type: 'text', expression: sql`members.user_name_key`, read: row => row.userNameKey },
  email: {
    type: 'text',
    expression: sql`members.email_key`,
    nullable: true,
    read: row => row.emailKey,
  },
  givenName: {
    type: 'text',
    expression: folded(sql`members.given_name`),
    nullable: true,
    read: unread,
  },
  familyName: {
    type: 'text',
    expression: folded(sql`members.family_name`),
    nullable: true,
    read: unread,
  },
  externalId: {
    type: 'text',
    expression: sql`members.external_id`,
    nullable: true,
    read: row => row.externalId,
  },
  state: { type: 'text', expression: sql`members.state`, read: row => row.state },
  role: { type: 'whole', expression: rank, read: unread },
};

function byProfile(attribute: ProfileAttribute, at: number): Sorting {
  const type = attribute.type === 'integer' || attribute.type === 'decimal' ? 'number' : 'text';
  return {
    type,
    expression: profileValue(sql`members.profile`, attribute),
    nullable: true,
    read: extra(at),
  };
}
