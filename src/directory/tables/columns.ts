import { randomUUIDv7 } from 'node:crypto';
import { p } from '@mikro-orm/postgresql';

/**
 * Marks a column that the database derives from others: no statement sets it, and the types of
 * statements say so.
 */
export interface Derived {
  '~derived': true;
}
const derived = <Property>(property: Property) => property as Property & Derived;

/**
 * The columns that every table spells the same way. `tenant_id` leads every key: an id alone is
 * never one.
 */
export const tenantId = () => p.uuid().primary();
export const id = () =>
  p
    .uuid()
    .primary()
    .onCreate(() => randomUUIDv7());
export const instant = () => p.datetime(3).columnType('timestamptz(3)');
export const now = () => instant().defaultRaw('now()');
export const version = () => p.integer().default(1);
export const texts = <T extends string = string>() =>
  p.array().$type<T[]>().columnType('text[]').defaultRaw(`'{}'::text[]`);

/**
 * How text is compared where case does not count: stored folded, so that plain `=` and ranges find
 * it by index.
 */
export const folded = (column: string) =>
  derived(p.text().generated(`(folded_key(${column})) stored`));
/** The same of a column that may be null. */
export const foldedOrNull = (column: string) =>
  derived(p.text().nullable().generated(`(folded_key(${column})) stored`));
/** The same for text of which parts are looked for. */
export const caseFolded = (expression: string) =>
  derived(p.text().generated(`(search_key(${expression})) stored`));

/** The column of a property: MikroORM's own naming, `userName` is stored in `user_name`. */
export const columnOf = (property: string): string =>
  property.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** A check that a text column holds one of a closed set of words. */
export const oneOf = (name: string, column: string, words: readonly string[]) => ({
  name,
  expression: `${column} in (${words.map(word => `'${word}'`).join(', ')})`,
});
