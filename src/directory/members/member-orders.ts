import { type RawBuilder, sql } from 'kysely';
import { type ProfileAttribute, profileValue } from '../conditions/profile.ts';
import { columnOf } from '../tables/columns.ts';
import { folded } from '../tables/folded.ts';
import type { Direction, SortKey } from '../paging/page.ts';
import { invalid } from '../refusal.ts';
import { ATTRIBUTES, isNullable, keyOf, SORTED_NAMES, type SortedName } from './attributes.ts';
import type { MemberRow } from './member-rows.ts';

export type MemberSortField = SortedName | 'createdAt' | 'updatedAt' | 'state' | 'role';
export interface MemberOrder {
  by: MemberSortField | ProfileAttribute;
  direction?: Direction | undefined;
}

type Sorting = Pick<SortKey<MemberRow>, 'expression' | 'type' | 'nullable' | 'read'>;

/**
 * What a member is sorted by. Values that the row does not hold anyway are read under `sort<n>`.
 */
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
const isExtra = ({ name }: SortKey<MemberRow>) => EXTRA.has(name) || name.includes('/');
/** What is worked out for the order alone. */
const EXTRA = new Set<string>([
  'role',
  ...SORTED_NAMES.filter(name => ATTRIBUTES[name].compared !== 'exact' && keyOf(name) === null),
]);
const extra = (at: number) => (row: MemberRow) =>
  (row as unknown as Record<string, unknown>)[`sort${at}`];

const rank = sql`(select held.rank from roles as held
  where held.tenant_id = members.tenant_id and held.id = members.role_id)`;
const unread = () => undefined;

/**
 * An attribute as it is sorted by: its column where case counts, else folded, best by the column
 * beside it.
 */
function sorting(name: SortedName): Sorting {
  const column = sql.raw(`members.${columnOf(name)}`);
  const key = keyOf(name);
  const shared = { type: 'text' as const, ...(isNullable(name) && { nullable: true }) };
  if (ATTRIBUTES[name].compared === 'exact')
    return { ...shared, expression: column, read: row => row[name] };
  return key === null
    ? { ...shared, expression: folded(column), read: unread }
    : { ...shared, expression: sql.raw(`members.${columnOf(key)}`), read: row => row[key] };
}
const attributes = Object.fromEntries(SORTED_NAMES.map(name => [name, sorting(name)])) as Record<
  SortedName,
  Sorting
>;

const sortings: Record<Exclude<MemberSortField, 'createdAt'>, Sorting> = {
  ...attributes,
  updatedAt: { type: 'instant', expression: sql`members.updated_at`, read: row => row.updatedAt },
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
