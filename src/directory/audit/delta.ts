import { isDeepStrictEqual } from 'node:util';

/**
 * The tables whose changes are told in the log column by column. Of secrets (`credentials`) and
 * mails (`invitations`) it tells only what verbs say.
 */
export const AUDITED = [
  'tenants',
  'roles',
  'role_mappings',
  'identity_providers',
  'members',
  'teams',
  'memberships',
  'conflict_cases',
] as const;
export type AuditedTable = (typeof AUDITED)[number];

/**
 * The change of one row: each changed column with its value before and after. A removed row has all
 * of its columns.
 */
export interface Delta {
  t: AuditedTable;
  op: 'i' | 'u' | 'd';
  c: Record<string, [before: unknown, after: unknown]>;
}

/**
 * A row as a statement gave it back: for `i` and `d` the whole row; for `u` its key, and under `#`
 * the pairs of the columns that were set. `before` is the whole row as it was, when an insert met
 * it and updated it.
 */
export interface RowChange {
  table: AuditedTable;
  op: Delta['op'];
  row: Record<string, unknown>;
  before: Record<string, unknown> | null;
}

/** The key of the row, equal to the key of an entry about the same object. */
export function keyOfChange({ table, row }: RowChange): string {
  return table === 'memberships'
    ? `${table} ${String(row['member_id'])} ${String(row['team_id'])}`
    : `${table} ${String(row['id'])}`;
}

/** The change as the log keeps it; null when nothing differs. */
export function deltaOf({ table, op, row, before }: RowChange): Delta | null {
  const pairs = pairsOf(op, row, before);
  const differing = Object.entries(pairs).filter(([, [was, is]]) => !isDeepStrictEqual(was, is));
  return differing.length === 0 ? null : { t: table, op, c: Object.fromEntries(differing) };
}

function pairsOf(op: Delta['op'], row: RowChange['row'], before: RowChange['before']): Delta['c'] {
  if (before)
    return Object.fromEntries(Object.keys(row).map(name => [name, [before[name], row[name]]]));
  if (op === 'u') return (row['#'] ?? {}) as Delta['c'];
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, op === 'i' ? [null, value] : [value, null]]),
  );
}

/** Two changes of one row, one after the other, as one; null when nothing is left of them. */
export function merged(first: Delta, then: Delta): Delta | null {
  if (first.op === 'i' && then.op === 'd') return null;
  const c = { ...first.c };
  for (const [name, [was, is]] of Object.entries(then.c))
    c[name] = [c[name] ? c[name][0] : was, is];
  const again = first.op === 'd' && then.op === 'i';
  // A member who left a team and joined it again in one change has been in it all along.
  if (again) delete c['since'];
  const differing = Object.entries(c).filter(([, [was, is]]) => !isDeepStrictEqual(was, is));
  const op = again ? 'u' : first.op === 'u' ? then.op : first.op;
  return differing.length === 0 ? null : { t: first.t, op, c: Object.fromEntries(differing) };
}
