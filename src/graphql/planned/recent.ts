/** The values that were used last, up to a number. */
export class Recent<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    if (this.#values.has(key)) return known as Value;
    const made = make();
    this.#values.set(key, made);
    if (this.#values.size > this.#most)
      this.#values.delete(this.#values.keys().next().value as string);
    return made;
  }
}
