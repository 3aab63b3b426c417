import type { Page, PageRequest, RowWithCursor } from '../../directory/index.ts';
import type { JsonObject } from '../protocol/index.ts';
import type { Scope } from '../scope.ts';

/** The source of a list: reads pages of rows of one kind, counts them and shows them. */
export interface ListSource<Row> {
  page(request: PageRequest): Promise<Page<Row>>;
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

export async function readPage<Row>(list: ListSource<Row>, request: PageRequest): Promise<Shown> {
  const page = await list.page(request);
  const resources = await list.show(page.items.map(({ row }) => row));
  return {
    ...page,
    resources,
    items: page.items.slice(0, resources.length),
    hasNextPage: page.hasNextPage || resources.length < page.items.length,
  };
}

/** The lists of one provider. */
export const positionsKey = ({ directory, provider }: Scope): string =>
  `${directory.tenantId} ${provider.id}`;
