import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { cursorOf, positionIn, type Position } from './cursor.ts';
import { behind } from './position.ts';
import { opposite, type SortKey } from './sort-key.ts';
import { invalid } from '../refusal.ts';

export type { Direction, SortKey } from './sort-key.ts';

export const PAGE_DEFAULT = 50;
export const PAGE_MOST = 500;

/** Which part of a list is asked for: the first ones after a cursor, or the last ones before one. */
export interface PageRequest {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  /** Rows to leave out at the start, for callers who count positions. */
  skip?: number | undefined;
}

export interface Placed<Row> {
  readonly row: Row;
  readonly cursor: string;
}
export interface Page<Row> {
  items: Placed<Row>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** What a statement needs in order to read a page: one row more than asked for tells whether there are others. */
export interface Window {
  where: RawBuilder<SqlBool>;
  order: RawBuilder<unknown>;
  limit: number;
  skip: number;
  portion: RawBuilder<unknown>;
}

/** Reads one page by position in the order, never by counting: rows added meanwhile move nothing. */
export async function pageOf<Row>(
  request: PageRequest,
  keys: readonly SortKey<Row>[],
  read: (window: Window) => Promise<Row[]>,
): Promise<Page<Row>> {
  const frame = frameOf(request, keys);
  const rows: Row[] = [];
  for (const where of frame.stretches) {
    const limit = frame.limit - rows.length;
    rows.push(...(await read({ ...frame, where, limit, portion: portionOf(limit, frame.skip) })));
    if (rows.length >= frame.limit) break;
  }
  return pageIn(frame, keys, rows);
}

export interface Frame extends Omit<Window, 'where' | 'portion'> {
  backward: boolean;
  size: number;
  stretches: RawBuilder<SqlBool>[];
  fenced: boolean;
}

/** The same for many parents at once, whose pages come from one statement: keys there are never null, so one stretch says it all. */
export function windowOf<Row>(frame: Frame, keys: readonly SortKey<Row>[]): Window {
  if (frame.stretches.length > 1 || keys.some(key => key.nullable))
    throw new Error('A page of many parents is sorted by what is never null.');
  return {
    ...frame,
    where: frame.stretches[0] as RawBuilder<SqlBool>,
    portion: portionOf(frame.limit, frame.skip),
  };
}

export function frameOf<Row>(request: PageRequest, keys: readonly SortKey<Row>[]): Frame {
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
  const stretches = start ? behind(travelled, start) : [sql<SqlBool>`true`];
  return {
    backward,
    size,
    limit: size + 1,
    skip: request.skip ?? 0,
    fenced: start !== null,
    order: sql.join(
      travelled.map(({ expression, direction }) => sql`${expression} ${sql.raw(direction)}`),
    ),
    stretches: end
      ? stretches.map(stretch => sql<SqlBool>`(${stretch}) and (${short(keys, end, backward)})`)
      : stretches,
  };
}

export function pageIn<Row>(
  { backward, size, fenced, skip }: Frame,
  keys: readonly SortKey<Row>[],
  rows: readonly Row[],
): Page<Row> {
  const more = rows.length > size;
  const kept = rows.slice(0, size);
  if (backward) kept.reverse();
  const behindStart = fenced || skip > 0;
  return {
    items: kept.map(row => new Place(row, keys)),
    hasNextPage: backward ? behindStart : more,
    hasPreviousPage: backward ? more : behindStart,
  };
}

/** Most cursors are never asked for, so they are written when they are. */
class Place<Row> implements Placed<Row> {
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
 * Usual sizes are written out, and nothing is skipped by not saying so: where a prepared statement leaves it open how much is wanted,
 * the database plans it anew each time, which takes longer than reading the page.
 */
function portionOf(limit: number, skip: number): RawBuilder<unknown> {
  const most = USUAL_SIZES.get(limit) ?? sql`limit ${limit}`;
  return skip === 0 ? most : sql`${most} offset ${skip}`;
}

/** Everything before the fence at the far end. */
function short<Row>(
  keys: readonly SortKey<Row>[],
  end: Position,
  backward: boolean,
): RawBuilder<SqlBool> {
  const towards = backward
    ? keys
    : keys.map(key => ({ ...key, direction: opposite(key.direction) }));
  return sql<SqlBool>`${sql.join(
    behind(towards, end).map(stretch => sql`(${stretch})`),
    sql` or `,
  )}`;
}
