import { randomUUIDv7 } from 'node:crypto';
import { p } from '@mikro-orm/postgresql';

/** The columns that every table spells the same way. `tenant_id` leads every key: an id alone is never one. */
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

/** How text is compared where case does not count: stored folded, so that plain `=` and ranges find it by index. */
export const folded = (column: string) => `(fold(${column})) stored`;
/** The same for text of which parts are looked for. */
export const caseFolded = (expression: string) => `(casefolded(${expression})) stored`;

/** A check that a text column holds one of a closed set of words. */
export const oneOf = (name: string, column: string, words: readonly string[]) => ({
  name,
  expression: `${column} in (${words.map(word => `'${word}'`).join(', ')})`,
});
