import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { invalid } from '../refusal.ts';
import { cursorOf, positionIn, type Position } from './cursor.ts';
import { rangesAfter } from './position.ts';
import { opposite, type SortKey } from './sort-key.ts';

export type { Direction, SortKey } from './sort-key.ts';

export const PAGE_DEFAULT = 50;
export const PAGE_MOST = 500;

/**
 * Which part of a list is asked for: the first ones after a cursor, or the last ones before one.
 */
export interface PageRequest {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  /** Rows to leave out at the start, for callers who count positions. */
  skip?: number | undefined;
}

export interface RowWithCursor<Row> {
  readonly row: Row;
  readonly cursor: string;
}
export interface Page<Row> {
  items: RowWithCursor<Row>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/**
 * The clauses of a statement that reads a page. It reads one row more than asked for, to tell
 * whether there are others.
 */
export interface Window {
  where: RawBuilder<SqlBool>;
  order: RawBuilder<unknown>;
  limit: number;
  skip: number;
  limitOffset: RawBuilder<unknown>;
}

/**
 * Reads one page by position in the order, never by counting: rows added meanwhile move nothing.
 */
export async function pageOf<Row>(
  request: PageRequest,
  keys: readonly SortKey<Row>[],
  read: (window: Window) => Promise<Row[]>,
): Promise<Page<Row>> {
  const plan = pagePlanOf(request, keys);
  const rows: Row[] = [];
  for (const where of plan.ranges) {
    const limit = plan.limit - rows.length;
    rows.push(
      ...(await read({ ...plan, where, limit, limitOffset: limitOffsetOf(limit, plan.skip) })),
    );
    if (rows.length >= plan.limit) break;
  }
  return pageIn(plan, keys, rows);
}

export interface PagePlan extends Omit<Window, 'where' | 'limitOffset'> {
  backward: boolean;
  size: number;
  ranges: RawBuilder<SqlBool>[];
  bounded: boolean;
}

/**
 * The same for many parents at once, whose pages come from one statement: keys there are never
 * null, so one range is enough.
 */
export function windowOf<Row>(plan: PagePlan, keys: readonly SortKey<Row>[]): Window {
  if (plan.ranges.length > 1 || keys.some(key => key.nullable))
    throw new Error('A page of many parents is sorted by what is never null.');
  return {
    ...plan,
    where: plan.ranges[0] as RawBuilder<SqlBool>,
    limitOffset: limitOffsetOf(plan.limit, plan.skip),
  };
}

/**
 * Reads the request: direction, size, order and the ranges between its cursors. Refuses: invalid.
 */
export function pagePlanOf<Row>(request: PageRequest, keys: readonly SortKey<Row>[]): PagePlan {
  const { first, last } = request;
  if (first != null && last != null)
    throw invalid('Ask for the first or for the last ones, not for both.', 'last');
  const backward = last != null || (first == null && request.before != null);
  const size = sizeOf(backward ? last : first, backward ? 'last' : 'first');
  const after = request.after == null ? null : positionIn(request.after, keys, 'after');
  const before = request.before == null ? null : positionIn(request.before, keys, 'before');

  const travelled = backward
    ? keys.map(key => ({ ...key, direction: opposite(key.direction) }))
    : keys;
  const [start, end] = backward ? [before, after] : [after, before];
  const ranges = start ? rangesAfter(travelled, start) : [sql<SqlBool>`true`];
  return {
    backward,
    size,
    limit: size + 1,
    skip: request.skip ?? 0,
    bounded: start !== null,
    order: sql.join(
      travelled.map(({ expression, direction }) => sql`${expression} ${sql.raw(direction)}`),
    ),
    ranges: end
      ? ranges.map(range => sql<SqlBool>`(${range}) and (${beforeEnd(keys, end, backward)})`)
      : ranges,
  };
}

/** The page out of the rows that its plan has read, one more than its size if there are others. */
export function pageIn<Row>(
  { backward, size, bounded, skip }: PagePlan,
  keys: readonly SortKey<Row>[],
  rows: readonly Row[],
): Page<Row> {
  const more = rows.length > size;
  const kept = rows.slice(0, size);
  if (backward) kept.reverse();
  const hasRowsBefore = bounded || skip > 0;
  return {
    items: kept.map(row => new LazyCursor(row, keys)),
    hasNextPage: backward ? hasRowsBefore : more,
    hasPreviousPage: backward ? more : hasRowsBefore,
  };
}

/** Most cursors are never asked for, so they are written when they are. */
class LazyCursor<Row> implements RowWithCursor<Row> {
  readonly row: Row;
  readonly #keys: readonly SortKey<Row>[];

  constructor(row: Row, keys: readonly SortKey<Row>[]) {
    this.row = row;
    this.#keys = keys;
  }

  get cursor(): string {
    return cursorOf(this.row, this.#keys);
  }
}

function sizeOf(asked: number | null | undefined, field: 'first' | 'last'): number {
  if (asked == null) return PAGE_DEFAULT;
  if (!Number.isInteger(asked) || asked < 0)
    throw invalid('A page has a whole number of rows, not fewer than none.', field);
  if (asked > PAGE_MOST) throw invalid(`A page holds at most ${PAGE_MOST} rows.`, field);
  return asked;
}

const USUAL_SIZES = new Map(
  [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500].map(size => [
    size + 1,
    sql.raw(`limit ${size + 1}`),
  ]),
);

/**
 * Usual sizes are written out, and nothing is skipped by not saying so: where a prepared statement
 * leaves it open how much is wanted, the database plans it anew each time, which takes longer than
 * reading the page.
 */
function limitOffsetOf(limit: number, skip: number): RawBuilder<unknown> {
  const most = USUAL_SIZES.get(limit) ?? sql`limit ${limit}`;
  return skip === 0 ? most : sql`${most} offset ${skip}`;
}

/** Everything before the cursor at the far end. */
function beforeEnd<Row>(
  keys: readonly SortKey<Row>[],
  end: Position,
  backward: boolean,
): RawBuilder<SqlBool> {
  const towards = backward
    ? keys
    : keys.map(key => ({ ...key, direction: opposite(key.direction) }));
  return sql<SqlBool>`${sql.join(
    rangesAfter(towards, end).map(range => sql`(${range})`),
    sql` or `,
  )}`;
}
