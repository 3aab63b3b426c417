import type { EntitySchemaWithMeta, InferEntityProperties, SnakeCase } from '@mikro-orm/postgresql';
import { type RawBuilder, type SelectExpression, type Selection, sql } from 'kysely';
import { columnOf, type Derived } from './columns.ts';
import type { Tables } from './entities.ts';

/** The columns of a row as callers get it: `'user_name as userName'`. */
export type ColumnsOf<Table extends keyof Tables> = readonly (SelectExpression<Tables, Table> &
  string)[];
export type RowOf<Table extends keyof Tables, Columns extends readonly string[]> = Selection<
  Tables,
  Table,
  Columns[number]
>;

type PropertyOf<Entity> = keyof InferEntityProperties<Entity> & string;
type Aliased<Property extends string> = Property extends string
  ? SnakeCase<Property> extends Property
    ? Property
    : `${SnakeCase<Property>} as ${Property}`
  : never;

/** The columns of a table as its entity says them, each under the name of its property. */
export function columnsOf<Entity extends EntitySchemaWithMeta>(
  entity: Entity,
): readonly Aliased<PropertyOf<Entity>>[];
export function columnsOf<
  Entity extends EntitySchemaWithMeta,
  const Property extends PropertyOf<Entity>,
>(entity: Entity, choice: { only: readonly Property[] }): readonly Aliased<Property>[];
export function columnsOf<
  Entity extends EntitySchemaWithMeta,
  const Property extends PropertyOf<Entity>,
>(
  entity: Entity,
  choice: { except: readonly Property[] },
): readonly Aliased<Exclude<PropertyOf<Entity>, Property>>[];
export function columnsOf(
  { meta }: EntitySchemaWithMeta,
  { only, except = [] }: { only?: readonly string[]; except?: readonly string[] } = {},
): readonly string[] {
  return (only ?? Object.keys(meta.properties))
    .filter(property => !except.includes(property))
    .map(property => {
      const column = columnOf(property);
      return column === property ? property : `${column} as ${property}`;
    });
}

type DerivedOf<Entity> = {
  [Property in PropertyOf<Entity>]: InferEntityProperties<Entity>[Property] extends Derived
    ? Property
    : never;
}[PropertyOf<Entity>];

/** The columns that the database derives for comparing and searching: row types leave them out. */
export const derivedOf = <Entity extends EntitySchemaWithMeta>({ meta }: Entity) =>
  Object.entries<{ generated?: unknown }>(meta.properties).flatMap(([name, { generated }]) =>
    generated === undefined ? [] : [name as DerivedOf<Entity>],
  );

/** The same columns of a table that a statement calls by an alias. */
export const columnsAs = <Alias extends string, Column extends string>(
  alias: Alias,
  columns: readonly Column[],
) => columns.map(column => `${alias}.${column}` as const);

/** The same columns as SQL text. Make it once, at module load. */
export const columnList = (columns: readonly string[]): RawBuilder<unknown> =>
  sql.raw(columns.map(column => column.replace(/ as (\w+)$/, ' as "$1"')).join(', '));
