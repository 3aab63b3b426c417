import { Fault } from './fault.ts';

export interface FairShareRules {
  /** The number of pieces of work done at once, all keys together. */
  atOnce: number;
  /** The number that may wait under one key; more are refused. */
  waiting: number;
}

interface Line {
  running: number;
  lastSeen: number;
  lastTurn: number;
  waiting: (() => void)[];
}

/** More than one, so that a slow request does not stop all others of its tenant. */
const FEWEST = 2;
/**
 * A key counts as active for this long after its last piece of work, so that its share is still
 * free when it comes back.
 */
const ACTIVE_MS = 2_000;

/**
 * Shares a number of places among keys (tenants). A key that is alone may use half of them; as soon
 * as others are active, each may use an equal part of that half, so that a new key always finds a
 * free place. Freed places go round among the waiting keys, however many requests each has waiting.
 */
export class FairShare {
  readonly #lines = new Map<string, Line>();
  readonly #rules: FairShareRules;
  readonly #now: () => number;
  #running = 0;
  #turns = 0;

  constructor(rules: FairShareRules, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
  }

  /**
   * Runs the work when it is the key's turn. Throws a Fault (429) when too many already wait under
   * the key.
   */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.#turn(key);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  async #turn(key: string): Promise<void> {
    const line = this.#lineOf(key);
    line.lastSeen = this.#now();
    if (line.waiting.length === 0 && this.#hasRoom(line)) return this.#enter(line);
    if (line.waiting.length >= this.#rules.waiting)
      throw new Fault(429, 'Too many requests of this tenant are waiting. Try again shortly.', 1);
    await new Promise<void>(resolve => {
      line.waiting.push(resolve);
    });
  }

  #leave(key: string): void {
    const line = this.#lineOf(key);
    line.running--;
    line.lastSeen = this.#now();
    this.#running--;
    this.#letIn();
  }

  /**
   * The next key is the one with the fewest places; among those, the one whose last turn is longest
   * ago.
   */
  #letIn(): void {
    for (const line of [...this.#lines.values()].toSorted(byTurn)) {
      const next = this.#hasRoom(line) ? line.waiting.shift() : undefined;
      if (!next) continue;
      this.#enter(line);
      next();
    }
  }

  #enter(line: Line): void {
    line.running++;
    line.lastTurn = ++this.#turns;
    this.#running++;
  }

  #hasRoom({ running }: Line): boolean {
    if (this.#running >= this.#rules.atOnce) return false;
    return running < Math.max(FEWEST, Math.floor(this.#rules.atOnce / 2 / this.#active()));
  }

  /** Forgets those that have long been gone, on the way. */
  #active(): number {
    const since = this.#now() - ACTIVE_MS;
    for (const [key, { running, waiting, lastSeen }] of this.#lines)
      if (running === 0 && waiting.length === 0 && lastSeen < since) this.#lines.delete(key);
    return Math.max(1, this.#lines.size);
  }

  #lineOf(key: string): Line {
    let line = this.#lines.get(key);
    if (!line)
      this.#lines.set(
        key,
        (line = { running: 0, lastSeen: this.#now(), lastTurn: 0, waiting: [] }),
      );
    return line;
  }
}

const byTurn = (one: Line, other: Line): number =>
  one.running - other.running || one.lastTurn - other.lastTurn;
