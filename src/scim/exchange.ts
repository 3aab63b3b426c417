import { type ExchangeNote, newId } from '../directory/index.ts';
import { habits, type Habit, MOST_NAMES } from './protocol/index.ts';

interface Read {
  readonly repairs: readonly Habit[];
  readonly ignored: readonly string[];
}

const MOST_NAMED = 10;

/**
 * A record of one request for the inspector: what was asked, the outcome, and the client habits
 * that were repaired.
 */
export class Exchange {
  /** Made before the answer, which carries it; the audit entries carry it too. */
  readonly id = newId();
  readonly #at = new Date();
  readonly #start = performance.now();
  readonly #repairs = new Set<string>();
  readonly #ignored = new Set<string>();
  #wanted = 'ask for something';
  #outcome = '';
  changed = false;
  /** Refused as it was set up here, which is no failure. */
  expected = false;

  /** Continues "The sender wanted to ...". */
  describeRequest(what: string): void {
    this.#wanted = what;
  }

  /** A sentence of its own. */
  describeOutcome(sentence: string): void {
    this.#outcome = sentence;
  }

  /** Habits repaired and names ignored while the body was read. */
  noteRepairs({ repairs, ignored }: Read): void {
    for (const habit of repairs) this.repaired(habits[habit]);
    for (const name of ignored) this.#ignored.add(name);
  }

  repaired(sentence: string): void {
    this.#repairs.add(sentence);
  }

  get explanation(): string {
    const ignored = [...this.#ignored];
    // Of one body no more than so many names are kept.
    const least = ignored.length >= MOST_NAMES ? 'at least ' : '';
    const more =
      ignored.length > MOST_NAMED ? ` and ${least}${ignored.length - MOST_NAMED} more` : '';
    return [
      `The sender wanted to ${this.#wanted}.`,
      this.#outcome,
      ignored.length > 0
        ? `Ignored, since nothing here is called so: ${ignored.slice(0, MOST_NAMED).join(', ')}${more}.`
        : '',
    ]
      .filter(Boolean)
      .join(' ');
  }

  note(
    facts: Pick<
      ExchangeNote,
      | 'tenantId'
      | 'providerId'
      | 'credentialId'
      | 'method'
      | 'path'
      | 'status'
      | 'requestBody'
      | 'responseBody'
      | 'bytes'
    >,
  ): ExchangeNote {
    return {
      ...facts,
      id: this.id,
      at: this.#at,
      durationMs: performance.now() - this.#start,
      explanation: this.explanation,
      repairs: [...this.#repairs],
      changed: this.changed,
      expected: this.expected,
    };
  }
}
