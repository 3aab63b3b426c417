import { invalid } from '../refusal.ts';
import { type Page, type PageRequest, PAGE_DEFAULT, PAGE_MOST } from './page.ts';

/**
 * A page of what is at hand already. The list does not change while it is read, so a place in it is
 * a number.
 */
export function pageOfList<Row>(
  rows: readonly Row[],
  { first, after }: Pick<PageRequest, 'first' | 'after'>,
): Page<Row> {
  const size = first ?? PAGE_DEFAULT;
  if (!Number.isInteger(size) || size < 0 || size > PAGE_MOST)
    throw invalid(`A page holds at most ${PAGE_MOST} rows.`, 'first');
  const start = after == null ? 0 : placeIn(after) + 1;
  const items = rows
    .slice(start, start + size)
    .map((row, at) => ({ row, cursor: Buffer.from(`at ${start + at}`).toString('base64url') }));
  return { items, hasNextPage: start + size < rows.length, hasPreviousPage: start > 0 };
}

function placeIn(cursor: string): number {
  const place = /^at (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (place === undefined) throw invalid('This is not a cursor of this list.', 'after');
  return Number(place);
}
