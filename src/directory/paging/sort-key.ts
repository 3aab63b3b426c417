import type { RawBuilder } from 'kysely';

export type Direction = 'asc' | 'desc';
export const opposite = (direction: Direction): Direction => (direction === 'asc' ? 'desc' : 'asc');

/** The kinds of value that rows are sorted by, and how the database calls them. */
export const SORT_TYPES = {
  text: 'text',
  uuid: 'uuid',
  whole: 'int8',
  number: 'numeric',
  instant: 'timestamptz',
} as const;
export type SortType = keyof typeof SORT_TYPES;

/**
 * One thing that rows are sorted by. The last one of an order is the id, so that no two rows share
 * a place.
 */
export interface SortKey<Row> {
  name: string;
  type: SortType;
  expression: RawBuilder<unknown>;
  direction: Direction;
  /** Rows without a value come last going up, and first going down. */
  nullable?: boolean;
  read: (row: Row) => unknown;
}
