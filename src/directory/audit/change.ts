import type { CompiledQuery, ControlledTransaction } from 'kysely';
import { type Refusal, someOf } from '../refusal.ts';
import type { Tables } from '../tables/entities.ts';
import { type EntityManager, entityManagerOf } from '../tables/entity-manager.ts';
import type { RowWrites } from '../tables/row-writes.ts';
import type { Caller, Entry, Plan } from './entry.ts';
import { Ledger } from './ledger.ts';

/**
 * The action that a verb attempts and its subject, set before the rules are checked: a refusal is
 * recorded with them.
 */
type Attempt = Pick<Entry, 'action' | 'subject' | 'related'>;

/** A statement that a change runs once, at its end, for all the ids that were named meanwhile. */
export type LastStatement<Session> = (session: Session, ids: readonly string[]) => Promise<void>;

/** The part of a session that its running change calls. */
type Recorder = RowWrites & Caller & { record(entry: Entry): void };

/** Names that the entry of a refusal shows. */
const NAMES_SHOWN = 20;

/**
 * One running change of a session: its transaction, its log, and what it does at its end or leaves
 * behind when it is refused.
 */
export class Change<Session extends Recorder> {
  readonly transaction: ControlledTransaction<Tables>;
  readonly ledger: Ledger;
  /** Only planned: rolled back at its end. */
  readonly isDry: boolean;
  readonly #session: Session;
  #attempt: Attempt | null = null;
  #em: EntityManager | null = null;
  readonly #lastStatements = new Map<LastStatement<Session>, Set<string>>();
  readonly #ifRefused: ((then: Session) => Promise<void>)[] = [];

  constructor(transaction: ControlledTransaction<Tables>, session: Session, isDry: boolean) {
    this.transaction = transaction;
    this.ledger = new Ledger(transaction, session, isDry);
    this.isDry = isDry;
    this.#session = session;
  }

  /** Entities in the transaction of this change; made on first use, gone with the change. */
  get em(): EntityManager {
    return (this.#em ??= entityManagerOf(this.#session, this.transaction));
  }

  attempting(action: string, subject: Entry['subject'], related?: Entry['related']): void {
    const before = this.#attempt?.subject;
    // A refused change has renamed nothing: its entry has the name that the subject had when the
    // change began.
    const called = subject.id !== null && before?.id === subject.id ? before : subject;
    this.#attempt = { action, subject: called, ...(related && { related }) };
  }

  atEnd(statement: LastStatement<Session>, ids: readonly string[]): void {
    const known = this.#lastStatements.get(statement) ?? new Set<string>();
    for (const id of ids) known.add(id);
    this.#lastStatements.set(statement, known);
  }

  ifRefused(work: (then: Session) => Promise<void>): void {
    this.#ifRefused.push(work);
  }

  /**
   * Writes the entities, then the entries, then runs the last statements. To commit or to roll back
   * is left to the caller; one who commits next marks the entries to be sent with the commit.
   */
  async close(marked?: (entries: CompiledQuery) => CompiledQuery): Promise<Plan> {
    await this.#em?.flush();
    const plan = await this.ledger.close(marked);
    if (!this.isDry)
      for (const [statement, ids] of this.#lastStatements) await statement(this.#session, [...ids]);
    return plan;
  }

  /**
   * The work that the refusal leaves, to be done in a change of its own; null when there is none.
   */
  leftBehindBy(refusal: Refusal): (() => Promise<void>) | null {
    const attempt = refusal.isAudited ? this.#attempt : null;
    if (!attempt && this.#ifRefused.length === 0) return null;
    return async () => {
      for (const work of this.#ifRefused) await work(this.#session);
      if (attempt) this.#session.record(failureOf(attempt, refusal));
    };
  }
}

/** The FAILURE entry of a refused attempt (rule 21). */
function failureOf(attempt: Attempt, { message, facts }: Refusal): Entry {
  const { providerId, readOnlyFields, names, objectIds } = facts;
  return {
    ...attempt,
    outcome: 'FAILURE',
    providerId: providerId ?? null,
    reason: message,
    ...(names && objectIds && { members: objectIds }),
    changes: [
      ...(readOnlyFields ?? []).map(name => ({ name })),
      ...(names ? [{ name: 'members', after: someOf(names, NAMES_SHOWN) }] : []),
    ],
  };
}
