import { randomUUID } from 'node:crypto';
import { Actor, Directory, type Store } from '../../../directory/index.ts';
import type { Context } from '../../context.ts';
import type { Listener } from './listener.ts';
import { type LogRow, Tail } from './tail.ts';

/**
 * A log of one tenant and how to read on from an instant. Sources with the same key share one tail.
 */
export interface LogSource<Row extends LogRow> {
  tenantId: string;
  key: string;
  since: (directory: Directory, from: Date, most: number) => Promise<Row[]>;
}

export interface StreamLease {
  /** Whether the credential is alive and still has the same permissions. */
  isValid: () => Promise<boolean>;
  /** Aborted when the client goes or the subscription ends. */
  closed: AbortSignal;
}

const CHECK_EVERY_MS = 2_000;

/** Keeps one tail for each log that has listeners, however many it has. */
export class LogFollowers {
  readonly #store: Store;
  readonly #onFault: (fault: unknown) => void;
  readonly #tails = new Map<string, Tail<LogRow>>();

  constructor(store: Store, onFault: (fault: unknown) => void) {
    this.#store = store;
    this.#onFault = onFault;
  }

  /**
   * Rows that are written from now on, in batches. Before each batch, and every few seconds, the
   * lease is checked: a stream ends with the credential that opened it.
   */
  async follow<Row extends LogRow>(
    source: LogSource<Row>,
    context: Context,
    lease: StreamLease,
  ): Promise<AsyncGenerator<Row[], void>> {
    const listener = await this.#listen(source);
    if (lease.closed.aborted) listener.end();
    else lease.closed.addEventListener('abort', () => listener.end(), { once: true });
    return this.#followLog(listener, source, context, lease);
  }

  close(): void {
    for (const tail of this.#tails.values()) tail.end();
  }

  async *#followLog<Row extends LogRow>(
    listener: Listener<Row>,
    { key }: LogSource<Row>,
    context: Context,
    { isValid, closed }: StreamLease,
  ): AsyncGenerator<Row[], void> {
    try {
      while (!closed.aborted) {
        const rows = await listener.next(CHECK_EVERY_MS);
        if (rows === null || !(await isValid())) return;
        context.forget();
        if (rows.length > 0) yield rows;
      }
    } finally {
      listener.end();
      if (this.#tails.get(key)?.isIdle) this.#tails.delete(key);
    }
  }

  #listen<Row extends LogRow>({ tenantId, key, since }: LogSource<Row>): Promise<Listener<Row>> {
    let tail = this.#tails.get(key);
    if (!tail) {
      const reader = new Directory(this.#store, Actor.system(tenantId), {
        correlationId: randomUUID(),
      });
      this.#tails.set(
        key,
        (tail = new Tail<LogRow>((from, most) => since(reader, from, most), this.#onFault)),
      );
    }
    return tail.listen() as Promise<Listener<Row>>;
  }
}
