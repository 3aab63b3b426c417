import { type Kysely, sql } from 'kysely';
import type { Actor } from './actor.ts';
import type { RowChange } from './audit/delta.ts';
import { Change, type LastStatement } from './audit/change.ts';
import type { Entry, Plan, Trace } from './audit/entry.ts';
import type { EntityManager } from './tables/entity-manager.ts';
import { retryLostRaces } from './tables/lost-race.ts';
import { refusalOf } from './tables/constraints.ts';
import type { Tables } from './tables/entities.ts';
import type { Moment } from './tables/moment.ts';
import type { MessageKind } from './outbox/message.ts';
import { Refusal } from './refusal.ts';
import { TenantAccess } from './tables/tenant-access.ts';
import type { Guard, Store } from './tables/store.ts';

/**
 * One tenant's rows in the hands of one actor, for the length of one request: what every verb is
 * given. It reads rows, runs changes and keeps their log; the nouns stand on it (directory.ts), and
 * it knows none of them.
 */
export class Session extends TenantAccess {
  readonly actor: Actor;
  readonly trace: Trace;
  #change: Change<Session> | null = null;

  constructor(
    store: Store,
    actor: Actor,
    trace: Trace,
    tenantId = actor.tenantId,
    moment?: Moment,
    proof?: Guard,
  ) {
    super(store, tenantId, moment, proof);
    this.actor = actor;
    this.trace = trace;
  }

  /**
   * Entities of this tenant inside the running change, for the administration of one object. What
   * was set on them is written before the entries of the change are, or by `em.flush()` where rows
   * are read after it.
   */
  get em(): EntityManager {
    return this.#running.em;
  }

  /** The provider that acts, when the door is a provider's. */
  get asProvider(): string | null {
    return this.actor.record.providerId ?? null;
  }

  /** Refuses whoever lacks the permission. Asked once per verb. */
  require(permission: Parameters<Actor['may']>[0]): void {
    if (!this.actor.may(permission))
      throw new Refusal('forbidden', `This needs the permission ${permission}.`);
  }

  /**
   * Does the work as one change: all of it, with its audit entries and its messages, or none of it.
   * Changes nest. The work may run again after a deadlock, so it keeps nothing outside itself.
   */
  async change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#change) return work();
    return (await this.#attempt(work, false)).result;
  }

  /** The same change, rolled back: what it would have recorded. */
  async plan(work: () => Promise<unknown>): Promise<Plan> {
    return (await this.#attempt(work, true)).plan;
  }

  /**
   * Does the change that a plan showed, if it would still record the same. Refuses: stale-version.
   */
  changeAsPlanned<T>(digest: string, work: () => Promise<T>): Promise<T> {
    return this.change(async () => {
      this.#running.ledger.keepAll();
      const result = await work();
      if (this.#running.ledger.digest() !== digest)
        throw new Refusal('stale-version', 'This would not do any more what the plan showed.', {
          field: ['expectedPlan'],
        });
      return result;
    });
  }

  /**
   * Says what the verb is about to do, and to whom. A refusal of the change is recorded as a failed
   * attempt at it.
   */
  attempting(action: string, subject: Entry['subject'], related?: Entry['related']): void {
    this.#running.attempting(action, subject, related);
  }

  /** Remembers what was done to whom; written with the change, or not at all. */
  record(entry: Entry): void {
    this.#running.ledger.add(entry);
  }

  /**
   * Remembers many at once; a change over ten thousand members does not hold ten thousand entries.
   */
  recordAll(entries: readonly Entry[]): Promise<void> {
    return this.#running.ledger.addAll(entries);
  }

  /** Queues a message to the outside, delivered after the change has committed. */
  enqueue(kind: MessageKind, payload: Record<string, unknown>): void {
    this.#running.ledger.enqueue(kind, payload);
  }

  /**
   * Does the work as another tenant inside the running change, with its own log: how a child tenant
   * is filled while it is made.
   */
  async inside(tenantId: string, work: (there: Session) => Promise<void>): Promise<void> {
    if (tenantId === this.tenantId) return work(this);
    const { transaction, isDry } = this.#running;
    const { name } = await transaction
      .selectFrom('tenants')
      .select('name')
      .where('id', '=', this.tenantId)
      .executeTakeFirstOrThrow();
    const there = new Session(
      this.store,
      this.actor.of(name),
      this.trace,
      tenantId,
      this.moment,
      this.proof,
    );
    const change = (there.#change = new Change(transaction, there, isDry));
    const enter = (id: string) =>
      sql`select set_config('app.tenant', ${this.store.proofOf(id)}, true)`.execute(transaction);
    await enter(tenantId);
    await work(there);
    await change.close();
    await enter(this.tenantId);
  }

  protected override get transaction(): Kysely<Tables> {
    return this.#running.transaction;
  }

  protected override changed(changes: readonly RowChange[]): void {
    this.#running.ledger.changed(changes);
  }

  /**
   * Runs the statement for these ids as one of the last of the change, once however often it is
   * asked for: until then nobody who changes something beside those rows has to wait for them.
   */
  atEnd(statement: LastStatement<Session>, ids: readonly string[]): void {
    this.#running.atEnd(statement, ids);
  }

  /**
   * Does this in a change of its own when the running one is refused, once everything is rolled
   * back: a conflict case, an entry.
   */
  ifRefused(work: (then: Session) => Promise<void>): void {
    this.#running.ifRefused(work);
  }

  protected override get open(): Kysely<Tables> | null {
    return this.#change?.transaction ?? null;
  }

  get #running(): Change<Session> {
    if (!this.#change) throw new Error('Nothing is written or recorded outside a change.');
    return this.#change;
  }

  async #attempt<T>(work: () => Promise<T>, isDry: boolean): Promise<{ result: T; plan: Plan }> {
    try {
      return await retryLostRaces(() => this.#once(work, isDry));
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  }

  async #once<T>(work: () => Promise<T>, isDry: boolean): Promise<{ result: T; plan: Plan }> {
    // A change has a connection of its own, and waits for none while it holds another.
    await this.moment.renew();
    const transaction = await this.tables.startTransaction().execute();
    const change = (this.#change = new Change<Session>(transaction, this, isDry));
    try {
      const result = await work();
      const plan = await change.close(
        isDry ? undefined : entries => this.store.withCommit(entries),
      );
      await (isDry ? transaction.rollback() : transaction.commit()).execute();
      return { result, plan };
    } catch (error) {
      if (!transaction.isCommitted && !transaction.isRolledBack)
        await transaction
          .rollback()
          .execute()
          .catch(() => {});
      this.#change = null;
      if (!isDry) await this.#recordRefusal(refusalOf(error), change);
      throw error;
    } finally {
      this.#change = null;
    }
  }

  async #recordRefusal(refusal: Refusal | null, refused: Change<Session>): Promise<void> {
    const leave = refusal && refused.leftBehindBy(refusal);
    if (leave) await this.change(leave);
  }
}
