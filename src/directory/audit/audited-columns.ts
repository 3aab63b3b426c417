import { columnOf } from '../tables/columns.ts';
import { entities } from '../tables/entities.ts';
import type { AuditedTable } from './delta.ts';

/**
 * Bookkeeping that follows from the entry itself, and copies of what a provider sent: the log does
 * not repeat them.
 */
const UNTOLD = new Set([
  'tenant_id',
  'version',
  'updated_at',
  'attempts',
  'sent',
  'facts',
  'display',
  'display_of',
]);

/**
 * The columns of a table that deltas tell of: all that verbs set, none that the database derives.
 */
export const deltaColumns = (table: AuditedTable): readonly string[] =>
  columnsByTable.get(table)?.columns ?? [];

/** Whether a column holds JSON, and is therefore sent as JSON text. */
export const isDocument = (table: AuditedTable, column: string): boolean =>
  columnsByTable.get(table)?.documents.has(column) === true;

interface Property {
  type: unknown;
  generated?: unknown;
}

const columnsByTable = new Map(
  entities.map(({ meta }) => {
    const properties = Object.entries(meta.properties as Record<string, Property>)
      .map(([name, property]) => ({ ...property, column: columnOf(name) }))
      .filter(({ generated }) => generated === undefined);
    return [
      meta.tableName,
      {
        columns: properties.map(({ column }) => column).filter(column => !UNTOLD.has(column)),
        documents: new Set(properties.filter(isJson).map(({ column }) => column)),
      },
    ] as const;
  }),
);

function isJson({ type }: Property): boolean {
  return (type as { name?: string } | undefined)?.name === 'JsonType';
}
