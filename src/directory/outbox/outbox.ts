import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables/entities.ts';
import type { Store } from '../tables/store.ts';
import type { MessageKind } from './message.ts';

/** A message in the hands of one relay, for as long as its lease. */
export interface ClaimedMessage {
  tenantId: string;
  id: string;
  kind: MessageKind;
  payload: Record<string, unknown>;
  attempts: number;
  createdAt: Date;
}

export interface Backlog {
  pending: number;
  lagSeconds: number;
}

/**
 * The queue of messages to the outside, of all tenants. Each is delivered at least once; consumers
 * recognize a repeated one by its id.
 */
export class Outbox {
  readonly #store: Pick<Store, 'systemTables' | 'tablesOf'>;

  constructor(store: Pick<Store, 'systemTables' | 'tablesOf'>) {
    this.#store = store;
  }

  /**
   * Takes messages that are due, past those that others are taking. Who holds one and dies has it
   * taken over when the lease is up. Nothing is held open meanwhile: a slow mail server keeps no
   * transaction waiting.
   */
  async claim(most: number, leaseSeconds = 300): Promise<ClaimedMessage[]> {
    const { rows } = await sql<ClaimedMessage>`
      select tenant_id as "tenantId", id, kind, payload, attempts, created_at as "createdAt"
      from claim_messages(${most}, ${leaseSeconds})
    `.execute(this.#store.systemTables);
    return rows;
  }

  /** Not delivered, to be tried again. */
  async postpone(
    { tenantId, id }: ClaimedMessage,
    seconds: number,
    error: string,
    { again = false } = {},
  ): Promise<void> {
    await sql`
      update outbox set available_at = now() + make_interval(secs => ${seconds}), last_error =
      ${error.replaceAll('\0', '').slice(0, 1_000)},
        attempts = case when ${again} then 0 else attempts end
      where tenant_id = ${tenantId} and id = ${id}
    `.execute(this.#store.tablesOf(tenantId));
  }

  /** How many are owed, and for how long the oldest of them. */
  async backlog(): Promise<Backlog> {
    const { rows } = await sql<{ pending: number; lag: number }>`
      select pending, lag_seconds as lag from outbox_backlog()
    `.execute(this.#store.systemTables);
    return { pending: rows[0]?.pending ?? 0, lagSeconds: Math.max(0, rows[0]?.lag ?? 0) };
  }
}

/**
 * Takes a message off the outbox, in the transaction that says what became of it: so that is said
 * once.
 */
export async function removeDelivered(
  db: Kysely<Tables>,
  tenantId: string,
  id: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('outbox')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
