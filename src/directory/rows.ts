import { type RawBuilder, type SelectExpression, type Selection, sql } from 'kysely';
import type { Tables } from './entities.ts';

/** The columns of a row as callers get it: `'user_name as userName'`. */
export type ColumnsOf<Table extends keyof Tables> = readonly (SelectExpression<Tables, Table> &
  string)[];
export type RowOf<Table extends keyof Tables, Columns extends readonly string[]> = Selection<
  Tables,
  Table,
  Columns[number]
>;

/** The same columns for a statement written out, made once and not once for each statement. */
export const written = (columns: readonly string[]): RawBuilder<unknown> =>
  sql.raw(columns.map(column => column.replace(/ as (\w+)$/, ' as "$1"')).join(', '));
