interface Kept<Value> {
  value: Value;
  size: number;
  movedAt: number;
}

/**
 * The values that were used last, as many as fit a budget of characters. A value that is larger
 * than the budget is made each time.
 */
export class Recent<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #budget: number;
  readonly #sizeOf: (value: Value) => number;
  #size = 0;
  /** How many values were ever added: without another one, nothing has to be moved. */
  #added = 0;

  constructor(budget: number, sizeOf: (value: Value) => number) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
  }

  /** What all kept values take, with their keys. */
  get size(): number {
    return this.#size;
  }

  get(key: string, make: () => Value): Value {
    const known = this.#kept.get(key);
    if (known) return this.#used(key, known);
    const value = make();
    const size = key.length + this.#sizeOf(value);
    if (size <= this.#budget) {
      this.#kept.set(key, { value, size, movedAt: ++this.#added });
      this.#size += size;
      this.#forgetBeyondBudget();
    }
    return value;
  }

  /** To the end, from which the next values are added. */
  #used(key: string, kept: Kept<Value>): Value {
    if (kept.movedAt !== this.#added) {
      kept.movedAt = this.#added;
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
    return kept.value;
  }

  #forgetBeyondBudget(): void {
    for (const [key, { size }] of this.#kept) {
      if (this.#size <= this.#budget) return;
      this.#kept.delete(key);
      this.#size -= size;
    }
  }
}
