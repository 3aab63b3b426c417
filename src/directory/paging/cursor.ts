import { invalid } from '../refusal.ts';
import { isId } from '../tables/ids.ts';
import type { SortKey, SortType } from './sort-key.ts';

/** Where a row stands in an order: the value of each thing it is sorted by. */
export type Position = readonly (string | number | null)[];

const LONGEST = 16_000;

/**
 * A cursor names the order it belongs to and the place in it. It is opaque: callers hand it back as
 * they got it.
 */
export function cursorOf<Row>(row: Row, keys: readonly SortKey<Row>[]): string {
  const place: unknown[] = [orderOf(keys)];
  for (const key of keys) place.push(key.read(row) ?? null);
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The position in a cursor. Refuses one of another list or another order: invalid. */
export function positionIn<Row>(
  cursor: string,
  keys: readonly SortKey<Row>[],
  field: 'after' | 'before',
): Position {
  const [order, ...values] = decode(cursor);
  if (order !== orderOf(keys))
    throw invalid('This cursor does not belong to this list in this order.', field);
  const fits =
    values.length === keys.length &&
    keys.every((key, at) =>
      values[at] === null ? key.nullable === true : ofType[key.type](values[at]),
    );
  if (!fits) throw invalid('This is not a cursor of this list.', field);
  return values as Position;
}

/** The order that a cursor belongs to, as it is written there. */
export const orderOf = <Row>(keys: readonly SortKey<Row>[]): string =>
  keys.map(key => (key.direction === 'desc' ? `${key.name}-` : key.name)).join(' ');

function decode(cursor: string): unknown[] {
  if (cursor.length > LONGEST) return [];
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(place) ? place : [];
  } catch {
    return [];
  }
}

const ofType: Record<SortType, (value: unknown) => boolean> = {
  text: value => typeof value === 'string' && !value.includes('\0'),
  uuid: value => typeof value === 'string' && isId(value),
  whole: value => Number.isSafeInteger(value),
  number: value => typeof value === 'number' && Number.isFinite(value),
  instant: value =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
};
