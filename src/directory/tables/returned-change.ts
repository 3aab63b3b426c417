import { type RawBuilder, sql } from 'kysely';
import { deltaColumns } from '../audit/audited-columns.ts';
import type { AuditedTable, RowChange } from '../audit/delta.ts';

/** A returned row beside its change, in columns that no table has. */
export interface Returned {
  '#row': Record<string, unknown>;
  '#before'?: Record<string, unknown> | null;
}

/**
 * The change that the statement made to this row, and the row without it: a copy, because an object
 * that a property is deleted from is slow to read ever after.
 */
export function takeChange(
  table: AuditedTable,
  op: RowChange['op'],
  { '#row': found, '#before': before, ...row }: Returned,
): { change: RowChange; row: object } {
  return { change: { table, op: before ? 'u' : op, row: found, before: before ?? null }, row };
}

/** The whole row as the log keeps it, under its columns' names. */
export function wholeRow(
  table: AuditedTable,
  which: 'old' | 'new',
  as = '#row',
): RawBuilder<unknown> {
  const columns = deltaColumns(table).map(name => `'${name}', ${which}.${name}`);
  const row = `jsonb_build_object(${columns.join(', ')})`;
  return sql.raw(
    as === '#before'
      ? `case when ${which}.tenant_id is not null then ${row} end as "#before"`
      : `${row} as "#row"`,
  );
}

/**
 * The columns that were set, each with what it was and what it is, and the key that tells whose
 * they are.
 */
export function pairs(table: AuditedTable, names: readonly string[]): RawBuilder<unknown> {
  const keys = table === 'memberships' ? ['team_id', 'member_id'] : ['id'];
  const told = deltaColumns(table).filter(name => names.includes(name));
  const both = told.map(name => `'${name}', jsonb_build_array(old.${name}, new.${name})`);
  const parts = [
    ...keys.map(name => `'${name}', new.${name}`),
    ...(told.length > 0 ? [`'#', jsonb_build_object(${both.join(', ')})`] : []),
  ];
  return sql.raw(`jsonb_build_object(${parts.join(', ')}) as "#row"`);
}
