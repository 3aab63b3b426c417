import {
  type Dictionary,
  type EntityDictionary,
  type EntityMetadata,
  type EntityName,
  type EntityProperty,
  type FilterQuery,
  type NativeDeleteOptions,
  type NativeInsertUpdateManyOptions,
  type NativeInsertUpdateOptions,
  PostgreSqlDriver,
  type QueryResult,
} from '@mikro-orm/postgresql';
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import { AUDITED, type AuditedTable } from '../audit/delta.ts';
import type { Tables } from './entities.ts';
import type { RowWrites } from './row-writes.ts';

/**
 * The transaction context of MikroORM: its statements run in the change's transaction, its writes
 * go through the session.
 */
export class ChangeContext {
  readonly session: RowWrites;
  readonly #transaction: Kysely<Tables>;

  constructor(session: RowWrites, transaction: Kysely<Tables>) {
    this.session = session;
    this.#transaction = transaction;
  }

  executeQuery(query: CompiledQuery) {
    return this.#transaction.executeQuery(query);
  }
}

interface Options {
  ctx?: unknown;
  convertCustomTypes?: boolean;
}

/**
 * Writes entities of audited tables as rows (row-writes.ts): the same tenant, version and delta as
 * any other statement, so a flushed change that no entry tells is a fault too. What is not audited
 * MikroORM writes itself.
 */
export class EntityDriver extends PostgreSqlDriver {
  override nativeInsert<T extends object>(
    entity: EntityName<T>,
    data: EntityDictionary<T>,
    options: NativeInsertUpdateOptions<T> = {},
  ): Promise<QueryResult<T>> {
    return this.#audited(entity)
      ? this.nativeInsertMany(entity, [data], options)
      : super.nativeInsert(entity, data, options);
  }

  override async nativeInsertMany<T extends object>(
    entity: EntityName<T>,
    data: EntityDictionary<T>[],
    options: NativeInsertUpdateManyOptions<T> = {},
    transform?: (sql: string) => string,
  ): Promise<QueryResult<T>> {
    const audited = this.#audited(entity);
    if (!audited) return super.nativeInsertMany(entity, data, options, transform);
    const session = flushing(options);
    const rows: Dictionary[] = [];
    for (const each of data) {
      const values = columnValues(audited.meta, each);
      const source = sql`values (${sql.join(Object.values(values))})`;
      rows.push(
        ...(await session.insertMany<AuditedTable, Dictionary>(
          audited.table,
          Object.keys(values) as never[],
          source,
          { returning: sql`target.*` },
        )),
      );
    }
    return resultOf(rows);
  }

  override async nativeUpdate<T extends object>(
    entity: EntityName<T>,
    where: FilterQuery<T>,
    data: EntityDictionary<T>,
    options: NativeInsertUpdateOptions<T> = {},
  ): Promise<QueryResult<T>> {
    const audited = this.#audited(entity);
    if (!audited) return super.nativeUpdate(entity, where, data, options);
    const values = columnValues(audited.meta, data);
    return resultOf(
      await flushing(options).updateMany<AuditedTable, Dictionary>(audited.table, values, {
        where: sql`target.id = ${idIn(where)}::uuid`,
        returning: sql`target.*`,
      }),
    );
  }

  override nativeUpdateMany<T extends object>(
    entity: EntityName<T>,
    where: FilterQuery<T>[],
    data: EntityDictionary<T>[],
    options: NativeInsertUpdateManyOptions<T> = {},
  ): Promise<QueryResult<T>> {
    if (this.#audited(entity)) throw new Error('Many rows are written by one statement over rows.');
    return super.nativeUpdateMany(entity, where, data, options);
  }

  override async nativeDelete<T extends object>(
    entity: EntityName<T>,
    where: FilterQuery<T>,
    options: NativeDeleteOptions<T> = {},
  ): Promise<QueryResult<T>> {
    const audited = this.#audited(entity);
    if (!audited) return super.nativeDelete(entity, where, options);
    const session = sessionOf(options);
    const removed: Dictionary[] = [];
    for (const id of idsIn(where))
      if (await session.remove(audited.table, id)) removed.push({ id });
    return resultOf(removed);
  }

  #audited<T>(entity: EntityName<T>): { meta: EntityMetadata<T>; table: AuditedTable } | null {
    const meta = this.metadata.get<T>(entity);
    if (!(AUDITED as readonly string[]).includes(meta.tableName)) return null;
    if (!('id' in meta.properties))
      throw new Error(`${meta.tableName} is written in sets, not as entities.`);
    return { meta, table: meta.tableName as AuditedTable };
  }
}

function sessionOf({ ctx }: Options): RowWrites {
  if (ctx instanceof ChangeContext) return ctx.session;
  throw new Error('Entities are written inside a change only.');
}

/**
 * The session, for values that a flush has converted already; `em.nativeUpdate` and the like give
 * others.
 */
function flushing(options: Options): RowWrites {
  if (options.convertCustomTypes === false) return sessionOf(options);
  throw new Error('Entities are written by a flush; many rows by one statement over rows.');
}

/** A flush gives each property as the database takes it, as text where it has to be cast. */
function columnValues<T>(
  { properties }: EntityMetadata<T>,
  data: EntityDictionary<T>,
): Record<string, RawBuilder<unknown>> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const { fieldNames, columnTypes } = (properties as Record<string, EntityProperty>)[name]!;
      return [fieldNames[0]!, sql`${value}::${sql.raw(columnTypes[0]!)}`];
    }),
  );
}

const resultOf = <T>(rows: Dictionary[]): QueryResult<T> => ({
  affectedRows: rows.length,
  insertId: 0 as never,
  rows,
  ...(rows[0] && { row: rows[0] }),
});

/**
 * A flush names a row by its whole key: the tenant, which every statement over rows says itself,
 * and the id.
 */
function idIn(where: unknown): string {
  const { id, tenantId, ...others } = where as { id?: unknown; tenantId?: unknown };
  if (typeof id === 'string' && Object.keys(others).length === 0) return id;
  throw new Error('An entity is written by its id; rows by a condition are written as rows.');
}

/**
 * Of a deletion: `{ 'tenantId~~~id': { $in: [...] } }`, or `{ id: { $in: [...] } }` where the id is
 * the whole key.
 */
function idsIn(where: unknown): string[] {
  const [keys] = Object.values(where as Record<string, { $in?: unknown[] }>);
  if (!keys?.$in) throw new Error('Entities are deleted by a flush; rows by a condition as rows.');
  return keys.$in.map(each => (typeof each === 'string' ? each : idIn(each)));
}
