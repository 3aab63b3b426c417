import { caseFold } from '../../text/index.ts';
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { type TimeRange, inTimeRange } from '../audit/time-range.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import {
  pagePlanOf,
  type Page,
  pageIn,
  type PageRequest,
  type SortKey,
  windowOf,
} from '../paging/page.ts';
import { columnList, columnsAs, columnsOf, type RowOf } from '../tables/rows.ts';
import { ExchangeSchema } from './exchange.ts';

/** An exchange without its bodies, which are long and seldom asked for. */
const exchangeColumns = columnsOf(ExchangeSchema, {
  except: ['tenantId', 'requestBody', 'responseBody', 'expected', 'searchText'],
});
export type ExchangeRow = RowOf<'scim_exchanges', typeof exchangeColumns>;
export interface ExchangeBodies {
  id: string;
  requestBody: unknown;
  responseBody: unknown;
}

export interface ExchangeFilter {
  method?: readonly string[] | null | undefined;
  statusGte?: number | null | undefined;
  statusLt?: number | null | undefined;
  /** Any text of the path or the bodies: an id, an external id, a user name. */
  query?: string | null | undefined;
  at?: TimeRange | null | undefined;
  changed?: boolean | null | undefined;
}

const columns = columnList(columnsAs('e', exchangeColumns)) as RawBuilder<ExchangeRow>;
const newestFirst: readonly [SortKey<ExchangeRow>] = [
  { name: 'request', type: 'uuid', expression: sql`e.id`, direction: 'desc', read: row => row.id },
];

/** Requests of providers and our responses, kept for thirty days. */
export class Exchanges {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Newest first. */
  async page(
    providerId: string,
    filter?: ExchangeFilter,
    request?: PageRequest,
  ): Promise<Page<ExchangeRow>> {
    return (await this.pagesOf([providerId], filter, request)).get(providerId) as Page<ExchangeRow>;
  }

  async count(providerId: string, filter?: ExchangeFilter): Promise<number> {
    return (await this.countsOf([providerId], filter)).get(providerId) ?? 0;
  }

  /** The same page of what each of these providers sent, newest first: one statement. */
  async pagesOf(
    providerIds: readonly string[],
    filter: ExchangeFilter = {},
    request: PageRequest = {},
  ): Promise<Map<string, Page<ExchangeRow>>> {
    const plan = pagePlanOf(request, newestFirst);
    const { where, order, limitOffset } = windowOf(plan, newestFirst);
    const { rows } = await sql<ExchangeRow>`
      select found.* from unnest(${providerIds.filter(isId)}::uuid[]) as provider(id) cross
      join lateral (
        select ${columns} from scim_exchanges e where ${this.#conditions(
          sql`e.provider_id =
        provider.id`,
          filter,
        )} and ${where} order by ${order} ${limitOffset}
      ) as found
    `.execute(this.#session.db);
    const found = Map.groupBy(rows, row => row.providerId);
    return new Map(providerIds.map(id => [id, pageIn(plan, newestFirst, found.get(id) ?? [])]));
  }

  async countsOf(
    providerIds: readonly string[],
    filter: ExchangeFilter = {},
  ): Promise<Map<string, number>> {
    const those = sql<SqlBool>`e.provider_id = any(${providerIds.filter(isId)}::uuid[])`;
    const { rows } = await sql<{
      id: string;
      count: number;
    }>`
      select e.provider_id as id, count(*) as count from scim_exchanges e
      where ${this.#conditions(those, filter)} group by 1`.execute(this.#session.db);
    const counted = new Map(rows.map(({ id, count }) => [id, count]));
    return new Map(providerIds.map(id => [id, counted.get(id) ?? 0]));
  }

  byIds(ids: readonly string[]): Promise<ExchangeRow[]> {
    return this.#byIds(ids, columns);
  }

  bodiesOf(ids: readonly string[]): Promise<ExchangeBodies[]> {
    return this.#byIds<ExchangeBodies>(
      ids,
      sql.raw('e.id, e.request_body as "requestBody", e.response_body as "responseBody"'),
    );
  }

  /**
   * Those of this instant and later, oldest first: for those who follow what other processes write.
   * They are written a moment after they happened, so a follower looks back a few seconds each time
   * and leaves out what it has seen.
   */
  async since(
    providerId: string,
    from: Date,
    filter: ExchangeFilter = {},
    most = 500,
  ): Promise<ExchangeRow[]> {
    const { rows } = await sql<ExchangeRow>`
      select ${columns} from scim_exchanges e where ${this.#conditions(
        sql`e.provider_id =
      ${isId(providerId) ? providerId : null}::uuid`,
        { ...filter, at: { ...filter.at, gte: from } },
      )}
      order by e.id limit ${most}
    `.execute(this.#session.db);
    return rows;
  }

  async #byIds<Row>(ids: readonly string[], wanted: RawBuilder<Row>): Promise<Row[]> {
    this.#require();
    const known = ids.filter(isId);
    if (known.length === 0) return [];
    const { rows } = await sql<Row>`
        select ${wanted} from scim_exchanges e where e.tenant_id = ${this.#session.tenantId}
        and e.id = any(${known}::uuid[])`.execute(this.#session.db);
    return rows;
  }

  #conditions(
    those: RawBuilder<SqlBool>,
    { method, statusGte, statusLt, query, at, changed }: ExchangeFilter,
  ): RawBuilder<SqlBool> {
    this.#require();
    const all: RawBuilder<SqlBool>[] = [
      sql`e.tenant_id = ${this.#session.tenantId}`,
      those,
      ...inTimeRange(at ?? {}, 'e'),
    ];
    if (method) all.push(sql`e.method = any(${method.map(name => name.toUpperCase())}::text[])`);
    if (typeof statusGte === 'number') all.push(sql`e.status >= ${statusGte}`);
    if (typeof statusLt === 'number') all.push(sql`e.status < ${statusLt}`);
    if (typeof changed === 'boolean') all.push(sql`e.changed = ${changed}`);
    if (query)
      all.push(
        query.includes('\0') ? sql`false` : sql`position(${caseFold(query)} in e.search_text) > 0`,
      );
    return sql`${sql.join(all, sql` and `)}`;
  }

  #require(): void {
    if (!this.#session.actor.may('PROVISIONING_ADMIN')) this.#session.require('AUDIT_READ');
  }
}
