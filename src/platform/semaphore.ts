/**
 * Limits concurrency to a number of places. Later callers wait in order of arrival, up to the same
 * time as for a connection.
 */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  readonly #waitMs: number;
  #free: number;

  constructor(most: number, waitMs: number) {
    this.#free = most;
    this.#waitMs = waitMs;
  }

  /** Takes a place, and gives what frees it again. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await this.#wait();
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const come = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1);
        // the pool's own text, which counts as an outage
        reject(new Error('timeout exceeded when trying to connect'));
      }, this.#waitMs);
      this.#waiting.push(come);
    });
  }
}
