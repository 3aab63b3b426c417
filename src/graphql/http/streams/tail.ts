import { Listener } from './listener.ts';

/** Something that was written down: the database gave it an id and a time, in order. */
export interface LogRow {
  id: string;
  at: Date;
}
/** Reads what was written from an instant on, oldest first, at most so many. */
export type ReadSince<Row> = (from: Date, most: number) => Promise<Row[]>;

const EVERY_MS = 300;
/** Ids are given when an entry is written, and it is seen when its change commits: a short look back each time, a long one now and then. */
const SHORT_MS = 3_000;
const LONG_MS = 35_000;
const LONG_EVERY = 15;
const PORTION = 500;

/** The end of a log, read while somebody listens. Every process reads for itself, so it does not matter where a thing was written. */
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

  /** Ready when what is written from now on will be told. */
  async listen(): Promise<Listener<Row>> {
    const listener = new Listener<Row>(() => this.#leave(listener));
    this.#listeners.add(listener);
    this.#started ??= this.#read(LONG_MS).then(() => this.#wait());
    await this.#started.catch(fault => {
      this.#leave(listener);
      throw fault;
    });
    return listener;
  }

  end(): void {
    for (const listener of this.#listeners) listener.end();
  }

  #leave(listener: Listener<Row>): void {
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
    this.#timer = this.isIdle ? null : setTimeout(() => void this.#round(), EVERY_MS).unref();
  }

  async #round(): Promise<void> {
    const long = ++this.#rounds % LONG_EVERY === 0;
    try {
      const news = await this.#read(long ? LONG_MS : SHORT_MS);
      if (news.length > 0) for (const listener of this.#listeners) listener.tell(news);
      if (long) this.#forget();
    } catch (fault) {
      this.#onFault(fault); // the database may come back; what was missed is read then
    }
    this.#wait();
  }

  /** What has not been seen yet of the time that is looked back upon. */
  async #read(backMs: number): Promise<Row[]> {
    const news: Row[] = [];
    let from = (this.#newest || Date.now()) - backMs;
    for (;;) {
      const entries = await this.#since(new Date(from), PORTION);
      for (const entry of entries) {
        if (this.#seen.has(entry.id)) continue;
        this.#seen.set(entry.id, entry.at.getTime());
        news.push(entry);
      }
      const last = entries.at(-1)?.at.getTime() ?? from;
      this.#newest = Math.max(this.#newest, last);
      if (entries.length < PORTION) return news;
      from = Math.max(last, from + 1);
    }
  }

  #forget(): void {
    for (const [id, at] of this.#seen) if (at < this.#newest - 2 * LONG_MS) this.#seen.delete(id);
  }
}
