import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../session.ts';
import { concatenated, type Json, nullableJson, objectJson } from './json.ts';
import { LISTS } from './lists.ts';
import { type NounName, NOUNS } from './nouns.ts';
import { connectionJson } from './pages.ts';
import { NotShaped, type ObjectShape, type RootShape, type Value } from './shape.ts';

const FOUND = {
  member: { noun: 'member', table: 'members' },
  team: { noun: 'team', table: 'teams' },
} as const;

/** Writes a shape as one expression, whose value is the JSON of the answer. */
export class Shaping {
  readonly #session: Session;
  #aliases = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  root(shape: RootShape): Json {
    return objectJson(
      shape.map(({ key, value }) => {
        if ('json' in value) return { key, json: value.json };
        const tenantId = sql`${this.#session.tenantId}::uuid`;
        if ('tenant' in value) {
          const row = this.#alias();
          return {
            key,
            json: sql<string>`(select ${this.#object('tenant', row, value.tenant)}
              from tenants as ${sql.raw(row)} where ${sql.raw(row)}.id = ${tenantId})`,
          };
        }
        const row = this.#alias();
        const { noun, table } = FOUND[value.found];
        return {
          key,
          json: nullableJson(sql<string>`(select ${this.#object(noun, row, value.shape)}
            from ${sql.raw(table)} as ${sql.raw(row)}
            where ${sql.raw(row)}.tenant_id = ${tenantId}
              and ${sql.raw(row)}.id = ${value.id}::uuid)`),
        };
      }),
    );
  }

  readonly #object = (noun: NounName, row: string, shape: ObjectShape): Json =>
    objectJson(shape.map(({ key, value }) => ({ key, json: this.#value(noun, row, value) })));

  #value(noun: NounName, row: string, value: Value): string | Json {
    if ('json' in value) return value.json;
    if ('property' in value) {
      const property = own(NOUNS[noun].properties, value.property);
      return property(row, this.#session);
    }
    if ('one' in value) return this.#one(noun, row, value);
    const list = own(LISTS[noun] ?? {}, value.list)(this.#session, row, value.page);
    return connectionJson(list, value.page, value.shape, this.#alias(), this.#object);
  }

  #one(noun: NounName, row: string, { one, shape }: Extract<Value, { one: string }>): Json {
    const relation = own(NOUNS[noun].relations, one);
    if (!relation.from) return this.#object(relation.noun, row, shape);
    const { table, where } = relation.from;
    const as = this.#alias();
    const inTenant =
      table === 'tenants' ? sql`true` : sql`tenant_id = ${this.#session.tenantId}::uuid`;
    if (relation.all)
      return this.#all(relation.noun, relation.from, relation.all.order, row, shape);
    const json = sql<string>`(select ${this.#object(relation.noun, as, shape)} from (
      select * from ${sql.raw(table)} where ${inTenant} and ${where(row)} limit 1
    ) as ${sql.raw(as)})`;
    return relation.nullable ? nullableJson(json) : json;
  }

  #all(
    noun: NounName,
    { table, where }: { table: string; where: (row: string) => RawBuilder<unknown> },
    order: readonly string[],
    row: string,
    shape: ObjectShape,
  ): Json {
    const as = this.#alias();
    const key = sql.raw(order.map(name => `${as}.${name}`).join(', '));
    const tenantId = sql`${this.#session.tenantId}::uuid`;
    const rows = sql<string>`(select coalesce(
        string_agg(${this.#object(noun, as, shape)}, ',' order by ${key}), '')
      from (select * from ${sql.raw(table)} where tenant_id = ${tenantId} and ${where(row)}
      ) as ${sql.raw(as)})`;
    return concatenated(['[', rows, ']']);
  }

  #alias(): string {
    return `r${++this.#aliases}`;
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new NotShaped();
  return found;
}
