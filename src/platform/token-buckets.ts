export interface BucketRules {
  perSecond: number;
  burst: number;
  /** Buckets remembered; the one unused for longest is forgotten first. */
  remembered?: number;
}

export interface Draw {
  allowed: boolean;
  /** The number of draws left at this moment. */
  remaining: number;
  /** Whole seconds after which the same draw succeeds; at least 1 when refused, for Retry-After. */
  retryAfter: number;
}

interface Bucket {
  level: number;
  at: number;
}

/** One bucket for each key, refilled steadily up to the burst. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rules: Required<BucketRules>;
  readonly #now: () => number;

  constructor(rules: BucketRules, now: () => number = () => performance.now()) {
    this.#rules = { remembered: 20_000, ...rules };
    this.#now = now;
  }

  draw(key: string, cost = 1): Draw {
    const { perSecond, burst } = this.#rules;
    const now = this.#now();
    const before = this.#buckets.get(key);
    const level = before
      ? Math.min(burst, before.level + ((now - before.at) / 1_000) * perSecond)
      : burst;
    const allowed = level >= cost;
    const left = allowed ? level - cost : level;
    this.#keep(key, { level: left, at: now });
    return {
      allowed,
      remaining: Math.floor(left),
      retryAfter: allowed ? 0 : Math.max(1, Math.ceil((Math.min(cost, burst) - left) / perSecond)),
    };
  }

  /** Set again, so that the map stays in the order of last use. */
  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    if (this.#buckets.size >= this.#rules.remembered)
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    this.#buckets.set(key, bucket);
  }
}
