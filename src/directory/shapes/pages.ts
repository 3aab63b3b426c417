import { type RawBuilder, sql } from 'kysely';
import { type PagePlan, pagePlanOf } from '../paging/page.ts';
import { cursorText } from './cursors.ts';
import { concatenated, type Json, nullableJson, objectJson, plainJson, wordJson } from './json.ts';
import type { List } from './lists.ts';
import type { NounName } from './nouns.ts';
import { type ConnectionShape, type ListRequest, NotShaped, type ObjectShape } from './shape.ts';

/** Writes an object of a noun's row under an alias. */
export type WriteObject = (noun: NounName, row: string, shape: ObjectShape) => Json;

/** A connection: its page is one scan of the list, whichever of its parts are wanted. */
export function connectionJson(
  list: List,
  request: ListRequest,
  shape: ConnectionShape,
  row: string,
  writeObject: WriteObject,
): Json {
  const plan = pagePlanOf(request, list.keys);
  if (plan.ranges.length !== 1) throw new NotShaped();
  const page = new Page(list, plan, row, writeObject);
  return shape.length === 1 && 'nodes' in shape[0]!.value
    ? page.nodesAlone(shape[0]!.key, shape[0]!.value.nodes)
    : page.connection(shape);
}

class Page {
  readonly #list: List;
  readonly #plan: PagePlan;
  readonly #row: string;
  readonly #writeObject: WriteObject;
  /** Whether a part is an aggregate over the rows of the page; a count or a constant is not. */
  #readsRows = false;

  constructor(list: List, plan: PagePlan, row: string, writeObject: WriteObject) {
    this.#list = list;
    this.#plan = plan;
    this.#row = row;
    this.#writeObject = writeObject;
  }

  /** Without facts of the page no row beyond it is read. Rows stay in the order of the scan. */
  nodesAlone(key: string, shape: ObjectShape): Json {
    const node = this.#writeObject(this.#list.noun, this.#row, shape);
    const backwards = sql.raw(this.#plan.backward ? ` order by ${this.#row}.place desc` : '');
    const nodes = sql<string>`(select coalesce(string_agg(${node}, ','${backwards}), '')
      from ${this.#rows(this.#plan.size, this.#plan.backward)})`;
    return objectJson([{ key, json: concatenated(['[', nodes, ']']) }]);
  }

  connection(shape: ConnectionShape): Json {
    const entries = shape.map(({ key, value }) => {
      if ('json' in value) return { key, json: value.json };
      if ('nodes' in value)
        return {
          key,
          json: this.#gathered(this.#writeObject(this.#list.noun, this.#row, value.nodes)),
        };
      if ('edges' in value) return { key, json: this.#gathered(this.#edge(value.edges)) };
      if ('pageInfo' in value)
        return {
          key,
          json: objectJson(
            value.pageInfo.map(each => ({
              key: each.key,
              json: typeof each.value === 'string' ? this.#fact(each.value) : each.value.json,
            })),
          ),
        };
      return { key, json: this.#count() };
    });
    const json = objectJson(entries);
    return this.#readsRows
      ? sql<string>`(select ${json} from ${this.#rows(this.#plan.limit, true)})`
      : json;
  }

  #edge(entries: Extract<ConnectionShape[number]['value'], { edges: unknown }>['edges']): Json {
    return objectJson(
      entries.map(({ key, value }) => ({
        key,
        json:
          value === 'cursor'
            ? wordJson(this.#cursor())
            : 'json' in value
              ? value.json
              : this.#writeObject(this.#list.noun, this.#row, value),
      })),
    );
  }

  /** All entries of the page. One row more was read than the page has. */
  #gathered(entry: Json): Json {
    this.#readsRows = true;
    const direction = sql.raw(this.#plan.backward ? 'desc' : 'asc');
    const gathered = sql<string>`coalesce(
      string_agg(${entry}, ',' order by ${this.#place} ${direction})
        filter (where ${this.#isKept}), '')`;
    return concatenated(['[', gathered, ']']);
  }

  #fact(fact: 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor'): Json {
    const { backward, bounded, size } = this.#plan;
    const more = plainJson(sql`count(*) > ${sql.lit(size)}`);
    const before = sql.lit(String(bounded));
    const first = sql`max(${this.#cursor()}) filter (where ${this.#place} = 1 and ${this.#isKept})`;
    const last = sql`(array_agg(${this.#cursor()} order by ${this.#place} desc)
      filter (where ${this.#isKept}))[1]`;
    this.#readsRows ||= !(fact === (backward ? 'hasNextPage' : 'hasPreviousPage'));
    switch (fact) {
      case 'hasNextPage':
        return backward ? before : more;
      case 'hasPreviousPage':
        return backward ? more : before;
      case 'startCursor':
        return nullableJson(wordJson(backward ? last : first));
      case 'endCursor':
        return nullableJson(wordJson(backward ? first : last));
    }
  }

  #count(): Json {
    return plainJson(sql`select count(*) from ${this.#list.from} where ${this.#list.where}`);
  }

  #cursor(): RawBuilder<string> {
    return cursorText(this.#list.keys, this.#row);
  }

  get #place() {
    return sql.raw(`${this.#row}.place`);
  }
  get #isKept() {
    return sql`${this.#place} <= ${sql.lit(this.#plan.size)}`;
  }

  /**
   * The rows of the page with the values of their order, and their places where they are wanted.
   */
  #rows(limit: number, placed: boolean): RawBuilder<unknown> {
    const { table, from, where, keys } = this.#list;
    const { ranges, order } = this.#plan;
    const values = sql.join(
      keys.map(({ expression }, at) => sql`${expression} as ${sql.raw(`key${at}`)}`),
    );
    const rows = sql`(select ${sql.raw(table)}.*, ${values} from ${from}
      where ${where} and ${ranges[0]} order by ${order} limit ${sql.lit(limit)}
    ) as ${sql.raw(this.#row)}`;
    return placed
      ? sql`(select *, row_number() over () as place from ${rows}) as ${sql.raw(this.#row)}`
      : rows;
  }
}
