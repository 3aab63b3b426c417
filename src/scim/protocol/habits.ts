import { invalidPath, invalidValue, quoted } from './error.ts';

/** Deviations of clients from the RFC, with the sentence that the request inspector shows. */
export const habits = {
  'text-boolean': 'A truth value came as text.',
  'text-number': 'A number came as text.',
  'value-as-text': 'A number or truth value came where text belongs.',
  'wrapped-scalar':
    'A plain value came wrapped in a list or object, or bare where an object belongs.',
  'manager-as-text': 'A reference came as bare text instead of an object with a value.',
  'manager-in-list': 'A single object came inside a list.',
  'created-element': 'A filtered path matched nothing, so the element was made from the filter.',
  'remove-by-value-list': 'A remove carried a list of values; only those were removed.',
  'role-as-json-text': 'A role came as a JSON document inside text.',
  'dotted-key': 'A key inside a value named a sub-attribute with a dot.',
  'urn-key': 'A key inside a value named an attribute by its full URN.',
  'urn-slip': 'A schema URN lacked the colon after its version.',
  'capital-op': 'An operation name was not in lower case.',
  'missing-schemas': 'The body did not name its schema.',
  'empty-operations': 'The list of operations was empty.',
  'demoted-primary': 'A second primary value was sent; the earlier one is no longer primary.',
} as const;

export type Habit = keyof typeof habits;

export interface ReadingOptions {
  /** Accepts what the listed habits do. Strict refuses them. */
  tolerant?: boolean;
}

/** Ignored names that one reading keeps. */
export const MOST_NAMES = 100;

/** One pass over one body: how liberal it is, what it repaired, what it left out. */
export class Reading {
  readonly tolerant: boolean;
  readonly repairs = new Set<Habit>();
  readonly ignored = new Set<string>();
  readonly #unknownIsRefused: boolean;

  constructor(options: ReadingOptions, unknownIsRefused = false) {
    this.tolerant = options.tolerant ?? true;
    this.#unknownIsRefused = unknownIsRefused && !this.tolerant;
  }

  note(habit: Habit): void {
    this.repairs.add(habit);
  }

  repair(habit: Habit, refusal: string): void {
    if (!this.tolerant) throw invalidValue(refusal);
    this.repairs.add(habit);
  }

  /** An unknown attribute is ignored and named: a permanent 400 would be retried for ever. */
  unknown(name: string): void {
    if (this.#unknownIsRefused) throw invalidPath(`There is no attribute ${quoted(name)}.`);
    this.leaveOut(name);
  }

  leaveOut(name: string): void {
    if (this.ignored.size < MOST_NAMES) this.ignored.add(name.slice(0, 200));
  }
}
