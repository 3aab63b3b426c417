/** Where a read can start: `after` is the cursor of the row before position `index`. */
export interface StartingPoint {
  index: number;
  after: string | undefined;
}

interface End {
  after: string;
  at: number;
  change: number;
}
interface ListState {
  ends: Map<number, End>;
  total: { count: number; at: number; asOf: string | undefined } | undefined;
}

export interface Counting {
  /** Differs as soon as any process has changed something of the provider. */
  asOf: () => Promise<string | undefined>;
  count: () => Promise<number>;
}

const MOST_LISTS = 2_000;
const MOST_ENDS = 20_000;
const ENDS_LIVE_MS = 300_000;
const TOTALS_LIVE_MS = 10_000;

/**
 * A cache of positions in lists that are paged by `startIndex`. It keeps, for a while and bounded,
 * the cursor of the last row of each page, so that the next page is read from that cursor instead
 * of with an OFFSET from the start, and no row is skipped when one before it is deleted meanwhile.
 */
export class ListPositions {
  readonly #positions = new Map<string, ListState>();
  readonly #changes = new Map<string, number>();

  /**
   * This process changed something of the provider: positions kept before are only used by the
   * client that just came from them.
   */
  changed(scope: string): void {
    this.#changes.set(scope, (this.#changes.get(scope) ?? 0) + 1);
  }

  /**
   * The nearest known starting point at or before a position. After a change only the exact one is
   * used.
   */
  startingPoint(
    scope: string,
    question: string,
    startIndex: number,
    { exactly = false } = {},
  ): StartingPoint {
    let best: StartingPoint = { index: 1, after: undefined };
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

  /** Keeps the cursor of a page's last row as the start of the page at `index`. */
  rememberEnd(scope: string, question: string, index: number, after: string): void {
    const { ends } = this.#make(scope, question);
    ends.delete(index);
    if (ends.size >= MOST_ENDS) ends.delete(ends.keys().next().value as number);
    ends.set(index, { after, at: Date.now(), change: this.#changes.get(scope) ?? 0 });
  }

  /**
   * The number of rows: counted for a first page, and kept for the pages that follow while nothing
   * of the provider changes.
   */
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

  #find(scope: string, question: string): ListState | undefined {
    return this.#positions.get(`${scope}\n${question}`);
  }

  #make(scope: string, question: string): ListState {
    const key = `${scope}\n${question}`;
    const state = this.#positions.get(key) ?? { ends: new Map(), total: undefined };
    this.#positions.delete(key);
    if (this.#positions.size >= MOST_LISTS)
      this.#positions.delete(this.#positions.keys().next().value as string);
    this.#positions.set(key, state);
    return state;
  }
}
