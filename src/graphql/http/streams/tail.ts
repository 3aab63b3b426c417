import { Listener } from './listener.ts';

/** A row of an append-only log; ids and instants come from the database, in order. */
export interface LogRow {
  id: string;
  at: Date;
}
/** Reads rows from an instant on, oldest first, at most so many. */
export type ReadSince<Row> = (from: Date, most: number) => Promise<Row[]>;

const POLL_MS = 300;
/**
 * A row gets its id before its transaction commits, so rows become visible out of order. Each round
 * looks back a little, and every fifteenth round as long as a transaction may last.
 */
const SHORT_LOOK_BACK_MS = 3_000;
const LONG_LOOK_BACK_MS = 35_000;
const LONG_EVERY = 15;
const BATCH = 500;

/**
 * Polls the end of a log while it has listeners. Polling sees rows of all processes; a notification
 * inside the domain's transactions would slow their commits.
 */
export class Tail<Row extends LogRow> {
  readonly #since: ReadSince<Row>;
  readonly #onFault: (fault: unknown) => void;
  readonly #listeners = new Set<Listener<Row>>();
  #seen = new Map<string, number>();
  #newest = 0;
  #rounds = 0;
  #timer: NodeJS.Timeout | null = null;
  #started: Promise<void> | null = null;

  constructor(since: ReadSince<Row>, onFault: (fault: unknown) => void) {
    this.#since = since;
    this.#onFault = onFault;
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0;
  }

  /** Resolves when rows that are written from now on will reach the listener. */
  async listen(): Promise<Listener<Row>> {
    const listener = new Listener<Row>(() => this.#release(listener));
    this.#listeners.add(listener);
    this.#started ??= this.#read(LONG_LOOK_BACK_MS).then(() => this.#wait());
    await this.#started.catch(fault => {
      this.#release(listener);
      throw fault;
    });
    return listener;
  }

  end(): void {
    for (const listener of this.#listeners) listener.end();
  }

  #release(listener: Listener<Row>): void {
    this.#listeners.delete(listener);
    if (!this.isIdle) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#started = null;
    this.#seen = new Map();
    this.#newest = 0;
  }

  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = this.isIdle ? null : setTimeout(() => void this.#round(), POLL_MS).unref();
  }

  async #round(): Promise<void> {
    const long = ++this.#rounds % LONG_EVERY === 0;
    try {
      const rows = await this.#read(long ? LONG_LOOK_BACK_MS : SHORT_LOOK_BACK_MS);
      if (rows.length > 0) for (const listener of this.#listeners) listener.push(rows);
      if (long) this.#forget();
    } catch (fault) {
      this.#onFault(fault); // rows of the meantime are read in the next round that succeeds
    }
    this.#wait();
  }

  /** Rows of the last `backMs` that were not seen before. */
  async #read(backMs: number): Promise<Row[]> {
    const rows: Row[] = [];
    let from = (this.#newest || Date.now()) - backMs;
    for (;;) {
      const entries = await this.#since(new Date(from), BATCH);
      for (const entry of entries) {
        if (this.#seen.has(entry.id)) continue;
        this.#seen.set(entry.id, entry.at.getTime());
        rows.push(entry);
      }
      const last = entries.at(-1)?.at.getTime() ?? from;
      this.#newest = Math.max(this.#newest, last);
      if (entries.length < BATCH) return rows;
      from = Math.max(last, from + 1);
    }
  }

  #forget(): void {
    for (const [id, at] of this.#seen)
      if (at < this.#newest - 2 * LONG_LOOK_BACK_MS) this.#seen.delete(id);
  }
}
