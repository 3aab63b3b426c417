import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';
import { deltaColumns } from '../../src/directory/audit/audited-columns.ts';
import { AUDITED, type Delta } from '../../src/directory/audit/delta.ts';
import type { Tables } from '../../src/directory/index.ts';

type Row = Record<string, unknown>;
type Rows = Map<string, Row>;

interface Seen {
  rows: Rows;
  lastEntry: string;
}

/** Every row of the audited tables that the tenant sees, and where its log ends. */
export async function seenBy(db: Kysely<Tables>): Promise<Seen> {
  const rows: Rows = new Map();
  for (const table of AUDITED) {
    const found = await sql<{
      row: Row;
    }>`select to_jsonb(t) as row from ${sql.table(table)} t`.execute(db);
    for (const { row } of found.rows)
      rows.set(
        [table, row['id'] ?? row['member_id'], row['id'] ? '' : row['team_id']].join(' '),
        row,
      );
  }
  const last = await sql<{
    id: string | null;
  }>`select max(id::text) as id from audit_entries`.execute(db);
  return { rows, lastEntry: last.rows[0]?.id ?? '00000000-0000-0000-0000-000000000000' };
}

/**
 * Each changed column of each row, as `table: column before -> after`, sorted: by comparing what
 * was there before and after.
 */
export function changedBetween(before: Rows, after: Rows): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap(key => {
      const table = key.split(' ', 1)[0] as (typeof AUDITED)[number];
      const [was, is] = [before.get(key), after.get(key)];
      return deltaColumns(table).map(column => lineOf(table, column, was?.[column], is?.[column]));
    })
    .filter(line => line !== null)
    .toSorted();
}

/**
 * The same, as the entries tell it that were written since: one for each object, beside what became
 * of a member's role (rule 21).
 */
export async function toldSince(db: Kysely<Tables>, { lastEntry }: Seen): Promise<string[]> {
  const { rows: repeated } = await sql`
    select subject_type, subject_id, related_id, array_agg(action) as actions from audit_entries
    where id > ${lastEntry}::uuid and outcome = 'SUCCESS' and subject_id is not null
    group by correlation_id, subject_type, subject_id, related_id, action = 'member.roleChanged'
    having count(*) > 1`.execute(db);
  expect(repeated, 'entries that speak of one object twice').toEqual([]);
  const { rows } = await sql<{ delta: Delta }>`
    select delta from audit_entries where id > ${lastEntry}::uuid and delta is not null`.execute(
    db,
  );
  return rows
    .flatMap(({ delta }) =>
      Object.entries(delta.c).map(([column, [was, is]]) => lineOf(delta.t, column, was, is)),
    )
    .filter(line => line !== null)
    .toSorted();
}

function lineOf(table: string, column: string, was: unknown, is: unknown): string | null {
  const [before, after] = [JSON.stringify(was ?? null), JSON.stringify(is ?? null)];
  return before === after ? null : `${table}: ${column} ${before} -> ${after}`;
}
