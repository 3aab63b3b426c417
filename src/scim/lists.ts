import type { Page as Rows, PageRequest, RowWithCursor } from '../directory/index.ts';
import {
  cursorResponse,
  type CursorSeal,
  firstCount,
  isObject,
  type JsonObject,
  listResponse,
  openCursor,
  type Page,
  type Query,
  sealCursor,
} from './protocol/index.ts';
import { limits } from './schemas.ts';
import type { ScimResponse, Scope } from './scope.ts';

/** The source of a list: reads pages of rows of one kind, counts them and shows them. */
export interface ListSource<Row> {
  page(request: PageRequest): Promise<Rows<Row>>;
  count(): Promise<number>;
  /** In the order of the rows; fewer than there are, when an answer would become too large. */
  show(rows: readonly Row[]): Promise<JsonObject[]>;
}

interface Shown {
  resources: JsonObject[];
  items: RowWithCursor<unknown>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

async function readPage<Row>(list: ListSource<Row>, request: PageRequest): Promise<Shown> {
  const page = await list.page(request);
  const resources = await list.show(page.items.map(({ row }) => row));
  return {
    ...page,
    resources,
    items: page.items.slice(0, resources.length),
    hasNextPage: page.hasNextPage || resources.length < page.items.length,
  };
}

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

const positionsKey = ({ directory, provider }: Scope): string =>
  `${directory.tenantId} ${provider.id}`;

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

async function byCursor<Row>(
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
