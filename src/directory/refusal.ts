/**
 * Every way the directory says no. Each facade has one table that says these in its dialect.
 * `audited`: such a refusal leaves one FAILURE entry (rule 21: refusals under rules 1, 3, 10, 11,
 * 14 and 25).
 */
const REFUSALS = {
  'not-found': {},
  'unknown-member': {},
  'forbidden': {},
  'beyond-reach': { audited: true },
  'invalid': {},
  'stale-version': {},
  'feature-off': {},
  'provisioned-read-only': { audited: true },
  'manual-member-in-provisioned-team': { audited: true },
  'manual-members-inside': {},
  'role-locked': { audited: true },
  'role-ruled': {},
  'last-owner': { audited: true },
  'user-name-taken': {},
  'email-taken': {},
  'name-taken': {},
  'external-id-taken': {},
  'held-by-hand': { audited: true },
  'held-by-another-provider': { audited: true },
  'not-to-be-moved': { audited: true },
  'provisioning-paused': {},
  'provisioning-off': {},
  'too-many': {},
} as const satisfies Record<string, { audited?: true }>;

export type RefusalCode = keyof typeof REFUSALS;

export interface RefusalFacts {
  /** Path into what was asked, outermost first. */
  field?: string[];
  /** The provider that owns the object. */
  providerId?: string;
  readOnlyFields?: string[];
  /** The name that was wanted and is taken. */
  value?: string;
  /** The object that holds the value, when there is one. */
  holderId?: string;
  /** Objects that stand in the way, e.g. the manual members inside a provider's teams. */
  objectIds?: string[];
  /** How many there are, when not all of them are named. */
  objectCount?: number;
  /** The members that the entry of the refusal names. */
  names?: string[];
  caseId?: string;
}

/**
 * The directory's no: a stable code for programs and a sentence for a person. Anything else thrown
 * is a fault.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: RefusalFacts;

  constructor(code: RefusalCode, message: string, facts: RefusalFacts = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }

  /** Whether the refusal leaves a FAILURE entry. */
  get isAudited(): boolean {
    return 'audited' in REFUSALS[this.code];
  }

  /** The same no, said of this place in what was asked. */
  at(...field: string[]): Refusal {
    return new Refusal(this.code, this.message, { ...this.facts, field });
  }
}

export const notFound = (what: string, field = 'id') =>
  new Refusal('not-found', `No such ${what}.`, { field: [field] });
export const invalid = (message: string, ...field: string[]) =>
  new Refusal('invalid', message, { field });

/**
 * The first of some names, and how many there are beyond them; `total` when not all of them were
 * read.
 */
export function someOf(names: readonly string[], most: number, total = names.length): string {
  const shown = names.slice(0, most).join(', ');
  return total > most ? `${shown} and ${total - most} more` : shown;
}
