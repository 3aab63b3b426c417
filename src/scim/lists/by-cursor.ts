import {
  cursorResponse,
  type CursorSeal,
  firstCount,
  isObject,
  type JsonObject,
  openCursor,
  type Page,
  type Query,
  sealCursor,
} from '../protocol/index.ts';
import { limits } from '../schemas.ts';
import type { Scope } from '../scope.ts';
import { type ListSource, positionsKey, readPage } from './source.ts';

/** A page by cursor (RFC 9865). */
export async function byCursor<Row>(
  scope: Scope,
  query: Query,
  { cursor, count: wanted }: Page & { kind: 'cursor' },
  list: ListSource<Row>,
): Promise<JsonObject> {
  const seal: CursorSeal = {
    ...scope.cursorKeys,
    scope: positionsKey(scope),
    fingerprint: query.fingerprint,
    now: Date.now(),
  };
  const isFirst = cursor === '';
  const { position, count } = isFirst
    ? { position: null, count: firstCount(wanted, limits) }
    : openCursor(cursor, seal, wanted);
  if (count === 0) return cursorResponse({ resources: [], totalResults: await list.count() });
  const place = isObject(position) ? position : {};
  const before = typeof place['before'] === 'string' ? place['before'] : undefined;
  const after = typeof place['after'] === 'string' ? place['after'] : undefined;
  const { resources, items, hasNextPage, hasPreviousPage } = await readPage(
    list,
    before === undefined ? { first: count, after } : { last: count, before },
  );
  const sealed = (at: { before: string } | { after: string }) =>
    sealCursor({ position: at, count }, seal, limits.cursorSeconds);
  const [first, last] = [items.at(0), items.at(-1)];
  return cursorResponse({
    resources,
    totalResults: isFirst ? (hasNextPage ? await list.count() : items.length) : undefined,
    nextCursor: hasNextPage && last ? sealed({ after: last.cursor }) : undefined,
    previousCursor: hasPreviousPage && first ? sealed({ before: first.cursor }) : undefined,
  });
}
