import type { Session } from '../session.ts';
import type { ConflictChoice } from './conflict-case.ts';
import { type ConflictCaseRow, conflictsByIds } from './conflict-rows.ts';
import { resolve } from './settle.ts';

/** Clashes that need a person: what a provider asked for and something else already holds. */
export class Conflicts {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  byIds(ids: readonly string[]): Promise<ConflictCaseRow[]> {
    return conflictsByIds(this.#session, ids);
  }
  resolve(ids: readonly string[], choice: ConflictChoice, candidateId?: string | null) {
    return resolve(this.#session, ids, choice, candidateId);
  }
}
