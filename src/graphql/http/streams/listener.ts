const MOST_WAITING = 10_000;

/** One listener of a tail, with a buffer. A listener whose buffer is full is ended. */
export class Listener<Row> {
  readonly #onEnd: () => void;
  #waiting: Row[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(rows: readonly Row[]): void {
    if (this.#waiting.length + rows.length > MOST_WAITING) return this.end();
    this.#waiting.push(...rows);
    this.#wake?.();
  }

  /**
   * The buffered rows; an empty list after `quietMs` without any, null when the listener has ended.
   */
  async next(quietMs: number): Promise<Row[] | null> {
    if (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, quietMs).unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    if (this.#ended) return null;
    const rows = this.#waiting;
    this.#waiting = [];
    return rows;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }
}
