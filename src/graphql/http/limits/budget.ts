import type { Actor } from '../../../directory/index.ts';
import type { CostFacts } from '../../context.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { LIMITS } from './limits.ts';

interface Spending {
  spent: number;
  resetAt: number;
}

const MOST_ACCOUNTS = 10_000;

/**
 * The account that pays. All tokens that one person made share it, so that more tokens are not more
 * budget.
 */
export const payerOf = (actor: Actor): string => actor.account;

/**
 * What each account has spent in its present window. In memory: it protects this process, not the
 * service.
 */
export class Budget {
  readonly #spending = new Map<string, Spending>();
  readonly #limit: number;

  constructor(limit: number = LIMITS.budget) {
    this.#limit = limit;
  }

  /** What would be left after the price, without taking it. */
  quote(account: string, cost: number, now = Date.now()): CostFacts {
    const { spent, resetAt } = this.#spendingOf(account, now);
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - spent),
      cost,
      resetAt: new Date(resetAt),
    };
  }

  pay(account: string, cost: number, now = Date.now()): CostFacts {
    const spending = this.#spendingOf(account, now);
    if (spending.spent + cost > this.#limit) {
      const seconds = Math.ceil((spending.resetAt - now) / 1_000);
      throw limitExceeded(
        `This credential has spent its budget; it is full again in ${seconds} s.`,
        'RATE_LIMITED',
        429,
        {
          cost,
          limit: this.#limit,
          remaining: Math.max(0, this.#limit - spending.spent),
          resetAt: new Date(spending.resetAt).toISOString(),
        },
        ['retry-after', String(seconds)],
      );
    }
    spending.spent += cost;
    return this.quote(account, cost, now);
  }

  #spendingOf(account: string, now: number): Spending {
    let spending = this.#spending.get(account);
    if (!spending || spending.resetAt <= now) {
      this.#spending.delete(account);
      if (this.#spending.size >= MOST_ACCOUNTS)
        this.#spending.delete(this.#spending.keys().next().value as string);
      this.#spending.set(account, (spending = { spent: 0, resetAt: now + LIMITS.windowMs }));
    }
    return spending;
  }
}
