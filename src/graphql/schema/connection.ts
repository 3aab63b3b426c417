import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Page, Placed } from '../../directory/index.ts';

@ObjectType({ simpleResolvers: true, description: 'Cursor information of a connection.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'More after the last edge?' }) hasNextPage!: boolean;
  @Field(() => Boolean, { description: 'More before the first edge?' }) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'First cursor.' }) startCursor!:
    string | null;
  @Field(() => String, { nullable: true, description: 'Last cursor.' }) endCursor!: string | null;
}

/** One page of a list as it is answered. The rows are read when something of them is asked for, and counted only for `totalCount`. */
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
  readonly #item: Placed<Row>;
  constructor(item: Placed<Row>) {
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

/** The connection and edge types of one type; `what` describes the connection. */
export function connectionOf(
  name: string,
  what: string,
  node: () => ClassType,
): ClassType<LazyConnection<object>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: 'Edge.' })
  class NodeEdge {
    @Field(() => String, { description: 'Cursor.' }) cursor!: string;
    @Field(node, { description: 'Node.' }) node!: object;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: what })
  class NodeConnection {
    @Field(() => [NodeEdge], { description: 'Edges.' }) edges!: NodeEdge[];
    @Field(() => [node()], { description: 'Nodes.' }) nodes!: object[];
    @Field(() => PageInfo, { description: 'Page.' }) pageInfo!: PageInfo;
    @Field(() => Int, { description: 'Count.' }) totalCount!: number;
  }
  return NodeConnection as unknown as ClassType<LazyConnection<object>>;
}
