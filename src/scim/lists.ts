import type { Page as Rows, PageRequest, Placed } from '../directory/index.ts';
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
import type { Answer, Scope } from './scope.ts';

/** What a list is made of: rows of one kind, by position or counted, and how they are shown. */
export interface Listed<Row> {
  page(request: PageRequest): Promise<Rows<Row>>;
  count(): Promise<number>;
  /** In the order of the rows; fewer than there are, when an answer would become too large. */
  show(rows: readonly Row[]): Promise<JsonObject[]>;
}

interface Shown {
  resources: JsonObject[];
  items: Placed<unknown>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

async function read<Row>(list: Listed<Row>, request: PageRequest): Promise<Shown> {
  const page = await list.page(request);
  const resources = await list.show(page.items.map(({ row }) => row));
  return {
    ...page,
    resources,
    items: page.items.slice(0, resources.length),
    hasNextPage: page.hasNextPage || resources.length < page.items.length,
  };
}

/** One page, by counting (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865). Nothing found is an empty page. */
export async function listOf<Row>(scope: Scope, query: Query, list: Listed<Row>): Promise<Answer> {
  const { page } = query;
  const answer = () =>
    page.kind === 'index' ? byIndex(scope, query, page, list) : byCursor(scope, query, page, list);
  // A look-up finds one or none, with one statement; a page, its count and what hangs on it are several.
  const isLookUp = query.filter?.kind === 'compare' && query.filter.op === 'eq';
  const body = await (isLookUp ? answer() : scope.directory.inOneMoment(answer));
  const total = body['totalResults'];
  scope.exchange.did(
    total === 0
      ? 'None matched.'
      : `${(body['Resources'] as unknown[]).length}${typeof total === 'number' ? ` of ${total}` : ''} were sent.`,
  );
  return { status: 200, body };
}

const walkOf = ({ directory, provider }: Scope): string => `${directory.tenantId} ${provider.id}`;

async function byIndex<Row>(
  scope: Scope,
  query: Query,
  { startIndex, count }: Page & { kind: 'index' },
  list: Listed<Row>,
): Promise<JsonObject> {
  const { walks, directory, provider } = scope;
  const walk = walkOf(scope);
  const question = query.fingerprint;
  const total = (fresh: boolean) =>
    walks.total(walk, question, fresh, {
      asOf: () => directory.audit.newestOfProvider(provider.id),
      count: () => list.count(),
    });
  if (count === 0)
    return listResponse({ resources: [], totalResults: await list.count(), startIndex });
  // Where values may be missing an order has two stretches, and rows are skipped from its start only.
  const foothold = walks.foothold(walk, question, startIndex, {
    exactly: query.sort !== undefined,
  });
  const { resources, items, hasNextPage } = await read(list, {
    first: count,
    after: foothold.after,
    skip: startIndex - foothold.index,
  });
  const next = startIndex + items.length;
  const last = items.at(-1);
  if (last && (hasNextPage || startIndex > 1)) walks.reached(walk, question, next, last.cursor);
  // A list that ends on its first page has been counted by reading it.
  if (startIndex === 1 && !hasNextPage)
    return listResponse({ resources, totalResults: items.length, startIndex });
  const counted = await total(startIndex === 1);
  const walking =
    startIndex === 1 || (foothold.after !== undefined && foothold.index === startIndex);
  return listResponse({
    resources,
    totalResults: walking ? ahead(counted, next, hasNextPage) : counted,
    startIndex,
  });
}

/**
 * Who walks goes on until the total is reached: while there is more it is not, and at the end it is - whatever was taken out or put
 * in behind the walker meanwhile.
 */
const ahead = (counted: number, next: number, hasNextPage: boolean): number =>
  hasNextPage ? Math.max(counted, next) : Math.min(counted, next - 1);

async function byCursor<Row>(
  scope: Scope,
  query: Query,
  { cursor, count: wanted }: Page & { kind: 'cursor' },
  list: Listed<Row>,
): Promise<JsonObject> {
  const seal: CursorSeal = {
    ...scope.cursorKeys,
    scope: walkOf(scope),
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
  const { resources, items, hasNextPage, hasPreviousPage } = await read(
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
