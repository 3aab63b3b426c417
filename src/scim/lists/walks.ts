/** Where reading can go on: everything up to `index` has been seen, and `after` names the last of it. */
export interface Foothold {
  index: number;
  after: string | undefined;
}

interface End {
  after: string;
  at: number;
  change: number;
}
interface Walk {
  ends: Map<number, End>;
  total: { count: number; at: number; asOf: string | undefined } | undefined;
}

export interface Counting {
  /** Says something else once anything of the provider was changed, by whichever process. */
  asOf: () => Promise<string | undefined>;
  count: () => Promise<number>;
}

const MOST_WALKS = 2_000;
const MOST_ENDS = 20_000;
const ENDS_LIVE_MS = 300_000;
const TOTALS_LIVE_MS = 10_000;

/**
 * Clients walk through lists by counting: page after page from the position they have reached. Here is remembered, for a while and
 * in bounds, which row stood at the end of each page, so that the next page continues from there instead of counting again, and
 * skips nobody when somebody before it is deleted meanwhile.
 */
export class Walks {
  readonly #walks = new Map<string, Walk>();
  readonly #changes = new Map<string, number>();

  /** Something of this provider was changed by this process: positions that were counted before count no more. */
  changed(scope: string): void {
    this.#changes.set(scope, (this.#changes.get(scope) ?? 0) + 1);
  }

  /** The nearest known place at or before a position. One that others moved meanwhile only serves whoever just came from it. */
  foothold(
    scope: string,
    question: string,
    startIndex: number,
    { exactly = false } = {},
  ): Foothold {
    let best: Foothold = { index: 1, after: undefined };
    const ends = this.#find(scope, question)?.ends ?? new Map<number, End>();
    const change = this.#changes.get(scope) ?? 0;
    const alive = (end: End, index: number) =>
      Date.now() - end.at < ENDS_LIVE_MS && (index === startIndex || end.change === change);
    const exact = ends.get(startIndex);
    if (exact && alive(exact, startIndex)) return { index: startIndex, after: exact.after };
    if (exactly) return best;
    for (const [index, end] of ends) {
      if (index > best.index && index < startIndex && alive(end, index))
        best = { index, after: end.after };
    }
    return best;
  }

  /** A page ended: whoever asks for `index` next continues behind `after`. */
  reached(scope: string, question: string, index: number, after: string): void {
    const { ends } = this.#make(scope, question);
    ends.delete(index);
    if (ends.size >= MOST_ENDS) ends.delete(ends.keys().next().value as number);
    ends.set(index, { after, at: Date.now(), change: this.#changes.get(scope) ?? 0 });
  }

  /** How many there are. Counted at the start of a walk; while nothing is changed, the pages that follow soon need not count again. */
  async total(
    scope: string,
    question: string,
    fresh: boolean,
    { asOf, count }: Counting,
  ): Promise<number> {
    const now = await asOf();
    const known = this.#find(scope, question)?.total;
    if (!fresh && known && known.asOf === now && Date.now() - known.at < TOTALS_LIVE_MS)
      return known.count;
    const counted = await count();
    this.#make(scope, question).total = { count: counted, at: Date.now(), asOf: now };
    return counted;
  }

  #find(scope: string, question: string): Walk | undefined {
    return this.#walks.get(`${scope}\n${question}`);
  }

  #make(scope: string, question: string): Walk {
    const key = `${scope}\n${question}`;
    const walk = this.#walks.get(key) ?? { ends: new Map(), total: undefined };
    this.#walks.delete(key);
    if (this.#walks.size >= MOST_WALKS)
      this.#walks.delete(this.#walks.keys().next().value as string);
    this.#walks.set(key, walk);
    return walk;
  }
}
