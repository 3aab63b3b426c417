import { type RawBuilder, sql } from 'kysely';
import type { SortKey } from '../paging/page.ts';
import { columnList, columnsAs, columnsOf, type RowOf } from '../tables/rows.ts';
import { AuditEntrySchema } from './audit-entry.ts';

const columns = columnsOf(AuditEntrySchema, {
  except: ['tenantId', 'handles', 'delta', 'xid'],
});
export type AuditEntryRow = RowOf<'audit_entries', typeof columns>;

/** The columns of an entry `e`, called as callers know them. */
export const entryColumns = columnList(columnsAs('e', columns)) as RawBuilder<AuditEntryRow>;

/**
 * Newest first. The database gives the ids in the order of its clock, so that the order of ids is
 * the order of events.
 */
export const newestFirst: readonly [SortKey<{ id: string }>] = [
  { name: 'newest', type: 'uuid', expression: sql`e.id`, direction: 'desc', read: row => row.id },
];
