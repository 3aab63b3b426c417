import { type RawBuilder, sql } from 'kysely';
import { type ProfileAttribute, profileValue } from '../conditions/profile.ts';
import type { Direction, SortKey } from '../paging/page.ts';
import { invalid } from '../refusal.ts';
import { columnOf } from '../tables/columns.ts';
import { folded } from '../tables/folded.ts';
import { ATTRIBUTES, isNullable, keyOf, SORTED_NAMES, type SortedName } from './attributes.ts';
import type { MemberRow } from './member-rows.ts';

export type MemberSortField = SortedName | 'createdAt' | 'updatedAt' | 'state' | 'role';
export interface MemberOrder {
  by: MemberSortField | ProfileAttribute;
  direction?: Direction | undefined;
}

type Sorting = Pick<SortKey<MemberRow>, 'expression' | 'type' | 'nullable'>;

/** The sort keys of members, each value read beside the row as `sort<n>`; the id comes last. */
export function memberKeys(orderBy: readonly MemberOrder[] | undefined): SortKey<MemberRow>[] {
  if (orderBy !== undefined && orderBy.length > ORDERS_MOST)
    throw invalid(`Members can be sorted by ${ORDERS_MOST} things at most.`, 'orderBy');
  const keys: SortKey<MemberRow>[] = [];
  for (const [at, { by, direction = 'asc' }] of (orderBy ?? []).entries()) {
    // Ids are made in the order of creation; behind the id nothing can matter.
    if (by === 'createdAt') return [...keys, byId(direction)];
    keys.push({
      name: typeof by === 'string' ? by : [by.extension, by.attribute, by.sub].join('/'),
      direction,
      read: row => (row as unknown as Record<string, unknown>)[`sort${at}`],
      ...(typeof by === 'string' ? sortings[by] : byProfile(by)),
    });
  }
  return [...keys, byId(keys.at(-1)?.direction ?? 'asc')];
}

/** The values that the order needs, behind the columns of a row. */
export function sortColumns(keys: readonly SortKey<MemberRow>[]): RawBuilder<unknown> {
  const values = keys
    .slice(0, -1)
    .map(({ expression }, at) => sql`, ${expression} as ${sql.ref(`sort${at}`)}`);
  return values.length === 0 ? sql`` : sql.join(values, sql``);
}

const ORDERS_MOST = 5;
const byId = (direction: Direction): SortKey<MemberRow> => ({
  name: 'member',
  type: 'uuid',
  expression: sql`members.id`,
  direction,
  read: row => row.id,
});

/** An attribute is sorted by folded, unless its case counts; by the column that holds it folded. */
function byAttribute(name: SortedName): Sorting {
  const column = sql.raw(`members.${columnOf(name)}`);
  const key = keyOf(name);
  const compared = key === null ? folded(column) : sql.raw(`members.${columnOf(key)}`);
  return {
    type: 'text',
    expression: ATTRIBUTES[name].compared === 'exact' ? column : compared,
    ...(isNullable(name) && { nullable: true }),
  };
}

const rank = sql`(select held.rank from roles as held
  where held.tenant_id = members.tenant_id and held.id = members.role_id)`;

const sortings: Record<Exclude<MemberSortField, 'createdAt'>, Sorting> = {
  ...(Object.fromEntries(SORTED_NAMES.map(name => [name, byAttribute(name)])) as Record<
    SortedName,
    Sorting
  >),
  updatedAt: { type: 'instant', expression: sql`members.updated_at` },
  state: { type: 'text', expression: sql`members.state` },
  role: { type: 'whole', expression: rank },
};

function byProfile(attribute: ProfileAttribute): Sorting {
  const type = attribute.type === 'integer' || attribute.type === 'decimal' ? 'number' : 'text';
  return { type, expression: profileValue(sql`members.profile`, attribute), nullable: true };
}
