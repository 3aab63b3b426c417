import { type Kysely, sql } from 'kysely';
import type { Tables } from '../entities.ts';
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

/** What is owed to the outside, across tenants. Each message is delivered at least once: consumers know it again by its id. */
export class Outbox {
  readonly #tables: Kysely<Tables>;

  /** Wants the tables as the service sees them, under no tenant. */
  constructor({ systemTables }: { systemTables: Kysely<Tables> }) {
    this.#tables = systemTables;
  }

  /**
   * Takes messages that are due, past those that others are taking. Who holds one and dies has it taken over when the lease is
   * up. Nothing is held open meanwhile: a slow mail server keeps no transaction waiting.
   */
  async claim(most: number, leaseSeconds = 300): Promise<ClaimedMessage[]> {
    const { rows } = await sql<ClaimedMessage>`
      update outbox o set attempts = o.attempts + 1, available_at = now() + make_interval(secs => ${leaseSeconds})
      from (select tenant_id, id from outbox where available_at <= now() order by available_at limit ${most} for update skip locked) due
      where o.tenant_id = due.tenant_id and o.id = due.id
      returning o.tenant_id as "tenantId", o.id, o.kind, o.payload, o.attempts, o.created_at as "createdAt"
    `.execute(this.#tables);
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
      update outbox set available_at = now() + make_interval(secs => ${seconds}), last_error = ${error.replaceAll('\0', '').slice(0, 1_000)},
        attempts = case when ${again} then 0 else attempts end
      where tenant_id = ${tenantId} and id = ${id}
    `.execute(this.#tables);
  }

  /** How many are owed, and for how long the oldest of them. */
  async backlog(): Promise<Backlog> {
    const { rows } = await sql<{ pending: number; lag: number }>`
      select count(*) as pending, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as lag from outbox
    `.execute(this.#tables);
    return { pending: rows[0]?.pending ?? 0, lagSeconds: Math.max(0, rows[0]?.lag ?? 0) };
  }
}

/** Takes a message off the outbox, in the transaction that says what became of it: so that is said once. */
export async function settled(db: Kysely<Tables>, tenantId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('outbox')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
