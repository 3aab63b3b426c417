import { Fault } from './fault.ts';

export interface FairShareRules {
  /** How many pieces of work are done at once, for everybody together. */
  atOnce: number;
  /** How many may wait for their turn under one key; beyond that they are refused. */
  waiting: number;
}

interface Line {
  running: number;
  lastSeen: number;
  lastTurn: number;
  waiting: (() => void)[];
}

/** So that one slow request does not stop all the others of its tenant. */
const FEWEST = 2;
/** For this long after its last piece of work a key counts as active: it may come back, and should find room. */
const ACTIVE_MS = 2_000;

/**
 * Shares the work among keys (tenants). Whoever is alone may use half of what there is; as soon as others are active each may use an
 * equal part of that half, so that a newcomer never stands behind a full house. Freed places go round among those that wait,
 * however many one of them has waiting.
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

  /** Does the work when it is the key's turn. Throws a Fault (429) when too many already wait under it. */
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

  /** Whoever has the fewest places comes first, and of those whoever's last turn is longest ago. */
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
