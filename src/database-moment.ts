import type { Kysely } from 'kysely';
import type { Guard, Moment, Tables } from './directory/index.ts';
import type { Snapshot } from './platform/index.ts';
import type { TenantTables } from './tenant-tables.ts';

/** A snapshot of the database, and one of its replica where there is one. */
export class DatabaseMoment implements Moment {
  readonly #main: TenantTables;
  readonly #replica: TenantTables;
  readonly #guard: Guard | undefined;
  #snapshots: { main: Snapshot; replica: Snapshot } | null = null;
  #known = new Map<string, Kysely<Tables>>();
  #slot: Promise<() => void> | null = null;
  #holding = 0;

  constructor(main: TenantTables, replica: TenantTables, guard?: Guard) {
    this.#guard = guard;
    this.#main = main;
    this.#replica = replica;
  }

  begin(): boolean {
    if (this.#snapshots) return false;
    const take = () => this.#take();
    const main = this.#main.snapshot(take);
    this.#snapshots = {
      main,
      replica: this.#replica === this.#main ? main : this.#replica.snapshot(take),
    };
    return true;
  }

  async renew(): Promise<void> {
    const { main, replica } = this.#snapshots ?? {};
    await Promise.all([main?.end(), replica === main ? undefined : replica?.end()]);
  }

  async end(): Promise<void> {
    const renewed = this.renew();
    this.#snapshots = null;
    this.#known = new Map();
    await renewed;
  }

  tablesOf(tenantId: string): Kysely<Tables> | null {
    return this.#snapshots && this.#of(this.#main, this.#snapshots.main, tenantId);
  }

  replicaTablesOf(tenantId: string): Kysely<Tables> | null {
    if (this.#replica === this.#main) return this.tablesOf(tenantId);
    return this.#snapshots && this.#of(this.#replica, this.#snapshots.replica, tenantId);
  }

  /**
   * One slot covers both databases, so that no request holds a connection to one while it waits for
   * the other.
   */
  async #take(): Promise<() => void> {
    this.#slot ??= this.#main.snapshotSlots.take().catch((fault: unknown) => {
      this.#slot = null;
      throw fault;
    });
    const leave = await this.#slot;
    this.#holding++;
    return () => {
      if (--this.#holding > 0) return;
      this.#slot = null;
      leave();
    };
  }

  #of(tables: TenantTables, snapshot: Snapshot, tenantId: string): Kysely<Tables> {
    const key = `${tables === this.#main ? 'main' : 'replica'} ${tenantId}`;
    let known = this.#known.get(key);
    if (!known) this.#known.set(key, (known = tables.inSnapshot(snapshot, tenantId, this.#guard)));
    return known;
  }
}
