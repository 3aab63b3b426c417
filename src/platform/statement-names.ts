import { createHash } from 'node:crypto';

/** The number of texts remembered; a forgotten text has to recur before it is named again. */
const REMEMBERED = 4_000;

/**
 * Names statements by their text, so that a connection prepares each text once and then sends only
 * its values. A text is named when it is seen for the second time: lists of changing length would
 * otherwise use up the names.
 */
export class StatementNames {
  readonly #names = new Map<string, string | undefined>();
  #edition = 0;

  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    if (!this.#names.has(text)) {
      if (this.#names.size >= REMEMBERED) this.#forgetOldest();
      this.#names.set(text, undefined);
      return undefined;
    }
    const name = `s${this.#edition}_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
    this.#names.set(text, name);
    return name;
  }

  /** Every text gets a new name: the columns behind the old ones have changed. */
  renew(): void {
    this.#edition++;
    this.#names.clear();
  }

  #forgetOldest(): void {
    for (const text of this.#names.keys()) {
      this.#names.delete(text);
      return;
    }
  }
}
