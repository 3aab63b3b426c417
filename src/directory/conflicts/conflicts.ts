import type { PageRequest } from '../paging/page.ts';
import type { Session } from '../session.ts';
import type { ConflictChoice } from './conflict-case.ts';
import {
  type ConflictCaseRow,
  conflictsByIds,
  countOpenConflictsOf,
  openConflicts,
  openConflictsOf,
} from './conflict-rows.ts';
import { resolve } from './resolve.ts';

/** Clashes that need a person: what a provider asked for and something else already holds. */
export class Conflicts {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  byIds(ids: readonly string[]): Promise<ConflictCaseRow[]> {
    return conflictsByIds(this.#session, ids);
  }
  open(most: number): Promise<ConflictCaseRow[]> {
    return openConflicts(this.#session, most);
  }
  openOf(providerIds: readonly string[], request?: PageRequest) {
    return openConflictsOf(this.#session, providerIds, request);
  }
  countOpenOf(providerIds: readonly string[]) {
    return countOpenConflictsOf(this.#session, providerIds);
  }
  resolve(ids: readonly string[], choice: ConflictChoice, candidateId?: string | null) {
    return resolve(this.#session, ids, choice, candidateId);
  }
}
