import { type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely';
import { isDocument } from '../audit/audited-columns.ts';
import type { AuditedTable, RowChange } from '../audit/delta.ts';
import type { Tables } from './entities.ts';
import { pairs, type Returned, takeChange, wholeRow } from './returned-change.ts';
import { columnList, columnsAs, type ColumnsOf, type RowOf } from './rows.ts';

/**
 * Values for columns: as rows have them (documents unserialized), or expressions. Derived columns
 * cannot be set.
 */
export type Values<T extends AuditedTable> = {
  [Column in keyof Updateable<Tables[T]> & keyof Selectable<Tables[T]>]?:
    Selectable<Tables[T]>[Column] | RawBuilder<unknown>;
};

/** A statement over many rows. The table that is written is called `target` in it. */
export interface Many {
  /** Named queries in front of the statement, without the word `with`. */
  named?: RawBuilder<unknown>;
  /** Other tables that it reads, each with its alias. */
  from?: RawBuilder<unknown>;
  /** Which rows; the tenant is said already. */
  where: RawBuilder<unknown>;
  /** The returning clause: `target.*`, `old.*`, `new.*` and columns of `from`. */
  returning?: RawBuilder<unknown>;
}

const VERSIONED = new Set<AuditedTable>([
  'tenants',
  'roles',
  'identity_providers',
  'members',
  'teams',
]);

/**
 * The one way to write rows of the audited tables. Each statement names the tenant, bumps version
 * and `updated_at`, and hands what changed, column by column, to the running change, where the
 * entry about the same object takes it (audit/ledger.ts).
 */
export abstract class RowWrites {
  abstract readonly tenantId: string;
  /** The transaction of the running change. Refuses outside a change. */
  protected abstract get transaction(): Kysely<Tables>;
  /** Takes what a statement changed. */
  protected abstract changed(changes: readonly RowChange[]): void;

  /** Inserts one row. `where` and `onConflict` may keep it out: then there is none. */
  async insert<T extends AuditedTable, Columns extends ColumnsOf<T>>(
    table: T,
    values: Values<T>,
    returning: Columns,
    { where, onConflict }: { where?: RawBuilder<unknown>; onConflict?: RawBuilder<unknown> } = {},
  ): Promise<RowOf<T, Columns> | undefined> {
    const given = { ...(table !== 'tenants' && { tenant_id: this.tenantId }), ...values };
    const names = sql.join(Object.keys(given).map(name => sql.ref(name)));
    const list = sql.join(
      Object.entries(given).map(([name, value]) => boundOf(table, name, value)),
    );
    const source = where ? sql`select ${list} where ${where}` : sql`values (${list})`;
    const [row] = await this.#write<RowOf<T, Columns>>(
      table,
      'i',
      sql`insert into ${sql.table(table)} as target (${names}) ${source} ${onConflict ?? sql``}
        returning ${returningList(returning)}, ${wholeRow(table, 'new')}`,
    );
    return row;
  }

  /**
   * Inserts what a query selects. `conflict` says what happens to rows that are there already;
   * `updates`, that it may be to update them.
   */
  insertMany<T extends AuditedTable, Row = object>(
    table: T,
    columns: readonly (string & keyof Tables[T])[],
    source: RawBuilder<unknown>,
    {
      conflict,
      updates,
      returning,
    }: { conflict?: RawBuilder<unknown>; updates?: boolean; returning?: RawBuilder<unknown> } = {},
  ): Promise<Row[]> {
    return this.#write<Row>(
      table,
      'i',
      sql`insert into ${sql.table(table)} as target
        (${sql.join(columns.map(name => sql.ref(name)))}) ${source} ${conflict ?? sql``}
        returning ${returning ? sql`${returning}, ` : sql``}${wholeRow(table, 'new')}
        ${updates ? sql`, ${wholeRow(table, 'old', '#before')}` : sql``}`,
    );
  }

  /** Updates one row by its id. Setting nothing makes a new version. */
  async update<T extends AuditedTable, Columns extends ColumnsOf<T>>(
    table: T,
    id: string,
    set: Values<T>,
    returning: Columns,
  ): Promise<RowOf<T, Columns>> {
    const [row] = await this.updateMany<T, RowOf<T, Columns>>(table, set, {
      where: sql`target.id = ${id}::uuid`,
      returning: returningList(returning),
    });
    if (!row) throw new Error(`There is no row ${id} in ${table} to update.`);
    return row;
  }

  /** Updates every row of the tenant that the condition names, in one statement. */
  updateMany<T extends AuditedTable, Row = object>(
    table: T,
    set: Values<T>,
    { named, from, where, returning }: Many,
  ): Promise<Row[]> {
    const names = Object.keys(set);
    const assignments = Object.entries(set).map(
      ([name, value]) => sql`${sql.ref(name)} = ${boundOf(table, name, value)}`,
    );
    if (VERSIONED.has(table))
      assignments.push(
        // A change makes one new version, however often it writes the row: xmin is the transaction
        // that wrote it last.
        sql`version = target.version + (target.xmin <> pg_current_xact_id()::xid)::int,
          updated_at = now()`,
      );
    return this.#write<Row>(
      table,
      'u',
      sql`${named ? sql`with ${named}` : sql``}
        update ${sql.table(table)} as target set ${sql.join(assignments)}
        ${from ? sql`from ${from}` : sql``} where ${this.#tenant(table)} and (${where})
        returning ${returning ? sql`${returning}, ` : sql``}${pairs(table, names)}`,
    );
  }

  /** Removes one row by its id. Says whether it was there. */
  async remove(table: AuditedTable, id: string): Promise<boolean> {
    return (await this.removeMany(table, { where: sql`target.id = ${id}::uuid` })).length > 0;
  }

  /** Removes every row of the tenant that the condition names, in one statement. */
  removeMany<Row = object>(
    table: AuditedTable,
    { named, from, where, returning }: Many,
  ): Promise<Row[]> {
    return this.#write<Row>(
      table,
      'd',
      sql`${named ? sql`with ${named}` : sql``}
        delete from ${sql.table(table)} as target ${from ? sql`using ${from}` : sql``}
        where ${this.#tenant(table)} and (${where})
        returning ${returning ? sql`${returning}, ` : sql``}${wholeRow(table, 'old')}`,
    );
  }

  #tenant(table: AuditedTable): RawBuilder<unknown> {
    return table === 'tenants'
      ? sql`target.id = ${this.tenantId}::uuid`
      : sql`target.tenant_id = ${this.tenantId}::uuid`;
  }

  async #write<Row>(
    table: AuditedTable,
    op: RowChange['op'],
    statement: RawBuilder<unknown>,
  ): Promise<Row[]> {
    const { rows } = await (statement as RawBuilder<Returned>).execute(this.transaction);
    const taken = rows.map(row => takeChange(table, op, row));
    this.changed(taken.map(({ change }) => change));
    return taken.map(({ row }) => row as Row);
  }
}

/** A value as the statement binds it: documents are sent as JSON text. */
function boundOf(table: AuditedTable, name: string, value: unknown): RawBuilder<unknown> {
  if (typeof value === 'object' && value !== null && 'toOperationNode' in value)
    return value as RawBuilder<unknown>;
  return isDocument(table, name) && value !== null && value !== undefined
    ? sql`${JSON.stringify(value)}::jsonb`
    : sql`${value ?? null}`;
}

const lists = new WeakMap<readonly string[], RawBuilder<unknown>>();

/** The column list of a returning clause, made once for each list of columns. */
function returningList(columns: readonly string[]): RawBuilder<unknown> {
  let list = lists.get(columns);
  if (!list) {
    list = columnList(columnsAs('target', columns));
    lists.set(columns, list);
  }
  return list;
}
