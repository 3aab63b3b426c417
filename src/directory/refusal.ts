import type { Directory } from './directory.ts';

/** Every way the directory says no. Each facade has one table that says these in its dialect. */
export const REFUSAL_CODES = [
  'not-found',
  'unknown-member',
  'forbidden',
  'beyond-reach',
  'invalid',
  'stale-version',
  'feature-off',
  'provisioned-read-only',
  'manual-member-in-provisioned-team',
  'manual-members-inside',
  'role-locked',
  'role-ruled',
  'last-owner',
  'user-name-taken',
  'email-taken',
  'name-taken',
  'external-id-taken',
  'held-by-hand',
  'held-by-another-provider',
  'provisioning-paused',
  'provisioning-off',
  'too-many',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

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
  caseId?: string;
  /** What the refusal leaves behind once everything else is rolled back: its FAILURE entry, a conflict case. */
  afterwards?: (directory: Directory, refusal: Refusal) => Promise<void>;
}

/** The directory's no: a stable code for programs and a sentence for a person. Anything else thrown is a fault. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: RefusalFacts;

  constructor(code: RefusalCode, message: string, facts: RefusalFacts = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
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
