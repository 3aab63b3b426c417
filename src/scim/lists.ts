import { byCursor } from './lists/by-cursor.ts';
import { type ListSource, positionsKey, readPage } from './lists/source.ts';
import { type JsonObject, listResponse, type Page, type Query } from './protocol/index.ts';
import type { ScimResponse, Scope } from './scope.ts';

/**
 * Answers with one page, by index (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865). No match is
 * an empty page.
 */
export async function listResponseOf<Row>(
  scope: Scope,
  query: Query,
  list: ListSource<Row>,
): Promise<ScimResponse> {
  const { page } = query;
  const answer = () =>
    page.kind === 'index' ? byIndex(scope, query, page, list) : byCursor(scope, query, page, list);
  // A look-up is one statement. A page, its count and its nested rows are several, and need one
  // snapshot.
  const isLookUp = query.filter?.kind === 'compare' && query.filter.op === 'eq';
  const body = await (isLookUp ? answer() : scope.directory.inOneMoment(answer));
  const total = body['totalResults'];
  scope.exchange.describeOutcome(
    total === 0
      ? 'None matched.'
      : `${(body['Resources'] as unknown[]).length}${typeof total === 'number' ? ` of ${total}` : ''} were sent.`,
  );
  return { status: 200, body };
}

async function byIndex<Row>(
  scope: Scope,
  query: Query,
  { startIndex, count }: Page & { kind: 'index' },
  list: ListSource<Row>,
): Promise<JsonObject> {
  const { positions, directory, provider } = scope;
  const key = positionsKey(scope);
  const question = query.fingerprint;
  const total = (fresh: boolean) =>
    positions.total(key, question, fresh, {
      asOf: () => directory.audit.newestOfProvider(provider.id),
      count: () => list.count(),
    });
  if (count === 0)
    return listResponse({ resources: [], totalResults: await list.count(), startIndex });
  // An order on a nullable column is read as two ranges, and OFFSET counts from the start of the
  // first only.
  const startingPoint = positions.startingPoint(key, question, startIndex, {
    exactly: query.sort !== undefined,
  });
  const { resources, items, hasNextPage } = await readPage(list, {
    first: count,
    after: startingPoint.after,
    skip: startIndex - startingPoint.index,
  });
  const next = startIndex + items.length;
  const last = items.at(-1);
  if (last && (hasNextPage || startIndex > 1))
    positions.rememberEnd(key, question, next, last.cursor);
  // A list that ends on its first page has been counted by reading it.
  if (startIndex === 1 && !hasNextPage)
    return listResponse({ resources, totalResults: items.length, startIndex });
  const counted = await total(startIndex === 1);
  const isSequential =
    startIndex === 1 || (startingPoint.after !== undefined && startingPoint.index === startIndex);
  return listResponse({
    resources,
    totalResults: isSequential ? estimatedTotal(counted, next, hasNextPage) : counted,
    startIndex,
  });
}

/**
 * A client that reads page after page stops when it has seen `totalResults`. So the total is never
 * below the next position while there is a next page, and never above the last one when there is
 * none, although rows before this page may have come or gone since they were counted.
 */
const estimatedTotal = (counted: number, next: number, hasNextPage: boolean): number =>
  hasNextPage ? Math.max(counted, next) : Math.min(counted, next - 1);
