import type { Kysely } from 'kysely';
import type { Tables } from './entities.ts';

/**
 * One moment of the database, for everything that one operation answers (rule 29). While it lasts
 * every statement of a Directory that is no change sees the same snapshot, in whichever tenant. A
 * replica has a moment of its own.
 */
export interface Moment {
  /**
   * From here on; the snapshot is taken by the first statement. Tells whether it began: one that
   * lasts already goes on.
   */
  begin(): boolean;
  /** Something was changed: what is read next is read from a later snapshot. */
  renew(): Promise<void>;
  /** Gives the connection back. What is read afterwards is read for itself. */
  end(): Promise<void>;
  /** The tables in this moment; null while none lasts. */
  tablesOf(tenantId: string): Kysely<Tables> | null;
  replicaTablesOf(tenantId: string): Kysely<Tables> | null;
}
