import {
  type DeleteQueryBuilder,
  type DeleteResult,
  type Kysely,
  type SelectQueryBuilder,
  sql,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'kysely';
import type { AuditedTable } from '../audit/delta.ts';
import type { Tables, TenantTable } from './entities.ts';
import type { Moment } from './moment.ts';
import { RowWrites } from './row-writes.ts';
import type { Guard, Store } from './store.ts';

type UnauditedTable = Exclude<TenantTable, AuditedTable>;

/**
 * How one tenant's rows are reached: in the running change, in the snapshot while one lasts, else
 * each statement for itself; from a replica where a slightly old answer does no harm.
 */
export abstract class TenantAccess extends RowWrites {
  readonly store: Store;
  readonly tenantId: string;
  /** The snapshot for reads outside a change, while it lasts. */
  readonly moment: Moment;
  /** Of a caller who is only remembered: it goes with every statement until one is answered. */
  protected readonly proof: Guard | undefined;
  protected readonly tables: Kysely<Tables>;

  constructor(store: Store, tenantId: string, moment?: Moment, proof?: Guard) {
    super();
    this.store = store;
    this.tenantId = tenantId;
    this.moment = moment ?? store.moment(proof);
    this.proof = proof;
    this.tables = store.tablesOf(tenantId, proof);
  }

  /** The transaction of the running change; null outside one. */
  protected abstract get open(): Kysely<Tables> | null;

  /**
   * The tables, inside the running change if there is one. Every statement names the tenant; the
   * connection does too.
   */
  get db(): Kysely<Tables> {
    return this.open ?? this.moment.tablesOf(this.tenantId) ?? this.tables;
  }

  /**
   * The tables where a slightly old answer does no harm (the log, the report): a replica's, if
   * there is one and no change is running.
   */
  get replica(): Kysely<Tables> {
    // A copy that lags behind proves nothing.
    if (this.proof && !this.proof.holds) return this.db;
    const { tenantId } = this;
    return (
      this.open ?? this.moment.replicaTablesOf(tenantId) ?? this.store.replicaTablesOf(tenantId)
    );
  }

  /** Proves a remembered caller, if no statement has yet: nothing is answered or entered before. */
  async prove(): Promise<void> {
    if (this.proof && !this.proof.holds) await sql`select`.execute(this.tables);
  }

  /** Plain rows of this tenant, and of no other. */
  rows<T extends TenantTable>(table: T): SelectQueryBuilder<Tables, T, object> {
    return this.db.selectFrom<TenantTable>(table).where('tenant_id', '=', this.tenantId);
  }

  /** Rows of this tenant to be changed, in a table whose rows are not audited one by one. */
  updating<T extends UnauditedTable>(table: T): UpdateQueryBuilder<Tables, T, T, UpdateResult> {
    const all = this.db.updateTable<UnauditedTable>(table);
    return all.where('tenant_id', '=', this.tenantId) as never;
  }

  /** Rows of this tenant to be deleted, likewise. */
  deleting<T extends UnauditedTable>(table: T): DeleteQueryBuilder<Tables, T, DeleteResult> {
    const all = this.db.deleteFrom<UnauditedTable>(table);
    return all.where('tenant_id', '=', this.tenantId);
  }

  /** Reads everything in the work from one snapshot (rule 29). Moments nest. */
  async inOneMoment<T>(work: () => Promise<T>): Promise<T> {
    if (!this.moment.begin()) return work();
    try {
      return await work();
    } finally {
      void this.moment.end();
    }
  }
}
