import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Page, RowWithCursor } from '../../directory/index.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'Whether there is more before and after a page.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after the last edge.' })
  hasNextPage!: boolean;
  @Field(() => Boolean, { description: 'Whether there is more before the first edge.' })
  hasPreviousPage!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first edge; null for an empty page.',
  })
  startCursor!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last edge, for `after`; null for an empty page.',
  })
  endCursor!: string | null;
}

/**
 * A connection whose rows are read when a field of them is selected, and counted when `totalCount`
 * is.
 */
export class LazyConnection<Row> {
  readonly #read: () => Promise<Page<Row>>;
  readonly #count: () => Promise<number>;
  #page: Promise<Page<Row>> | undefined;

  constructor(read: () => Promise<Page<Row>>, count: () => Promise<number>) {
    this.#read = read;
    this.#count = count;
  }

  edges(): Promise<readonly Edge<Row>[]> {
    return this.#rows().then(({ items }) => items.map(item => new Edge(item)));
  }

  nodes(): Promise<Row[]> {
    return this.#rows().then(({ items }) => items.map(item => item.row));
  }

  pageInfo(): Promise<PageInfo> {
    return this.#rows().then(page => new LazyPageInfo(page));
  }

  totalCount(): Promise<number> {
    return this.#count();
  }

  #rows(): Promise<Page<Row>> {
    return (this.#page ??= this.#read());
  }
}

class Edge<Row> {
  readonly #item: RowWithCursor<Row>;
  constructor(item: RowWithCursor<Row>) {
    this.#item = item;
  }
  get node(): Row {
    return this.#item.row;
  }
  get cursor(): string {
    return this.#item.cursor;
  }
}

class LazyPageInfo implements PageInfo {
  readonly #page: Page<unknown>;
  constructor(page: Page<unknown>) {
    this.#page = page;
  }
  get hasNextPage() {
    return this.#page.hasNextPage;
  }
  get hasPreviousPage() {
    return this.#page.hasPreviousPage;
  }
  get startCursor() {
    return this.#page.items[0]?.cursor ?? null;
  }
  get endCursor() {
    return this.#page.items.at(-1)?.cursor ?? null;
  }
}

/** Makes the connection and edge types of a type. `what` describes the connection. */
export function connectionOf(
  name: string,
  what: string,
  node: () => ClassType,
): ClassType<LazyConnection<object>> {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: 'An entry of the list with its cursor.',
  })
  class NodeEdge {
    @Field(() => String, { description: 'Where the entry stands in this list and order; opaque.' })
    cursor!: string;
    @Field(node, { description: 'The object that this entry is.' }) node!: object;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: what })
  class NodeConnection {
    @Field(() => [NodeEdge], { description: 'The entries of the page, each with its cursor.' })
    edges!: NodeEdge[];
    @Field(() => [node()], { description: 'The entries of the page without cursors.' })
    nodes!: object[];
    @Field(() => PageInfo, { description: 'Whether there is more before and after this page.' })
    pageInfo!: PageInfo;
    @Field(() => Int, {
      description:
        'Entries of the whole list, on all pages. Counting is a statement of its own and ' +
        'costs one point.',
    })
    totalCount!: number;
  }
  return NodeConnection as unknown as ClassType<LazyConnection<object>>;
}
