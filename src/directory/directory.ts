import { type ControlledTransaction, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Actor } from './actor.ts';
import { AuditLog } from './audit/audit-log.ts';
import type { RowChange } from './audit/delta.ts';
import { type Entry, Ledger, type Plan } from './audit/ledger.ts';
import { Conflicts } from './conflicts/conflicts.ts';
import { refusalOf } from './constraints.ts';
import { Credentials } from './credentials/credentials.ts';
import type { Tables } from './entities.ts';
import { Exchanges } from './exchanges/exchanges.ts';
import { Idempotency } from './idempotency/idempotency.ts';
import { IdentityProviders } from './identity-providers/identity-providers.ts';
import { Invitations } from './invitations/invitations.ts';
import { Members } from './members/members.ts';
import type { Moment } from './moment.ts';
import type { MessageKind } from './outbox/message.ts';
import { Refusal } from './refusal.ts';
import { RowWrites } from './row-writes.ts';
import { Roles } from './roles/roles.ts';
import type { Secrets } from './credentials/secret.ts';
import { someOf } from './some-of.ts';
import { Teams } from './teams/teams.ts';
import { touchTeams } from './teams/touch.ts';
import { Tenants } from './tenants/tenants.ts';

/** What a Directory stands on: the database under one tenant, and the key that digests secrets. */
export interface Ground {
  /** The tables as one tenant sees them: every connection carries the tenant, and without one there are no rows. */
  tablesOf(tenantId: string): Kysely<Tables>;
  /** The same where a slightly old answer does no harm: from a replica, if there is one. */
  staleTablesOf(tenantId: string): Kysely<Tables>;
  /** The tables as the service itself: no tenant's rows, only the functions that serve all of them (the relay, maintenance, the first tenant). */
  systemTables: Kysely<Tables>;
  /** What a connection says to act for this tenant. */
  proofOf(tenantId: string): string;
  /** A moment that has not begun. */
  moment(): Moment;
  secrets: Secrets;
  /** Writes down what this process has noted beside its requests (exchanges, last uses) and not written yet: who asks for it waits for that. */
  catchUp?: () => Promise<unknown>;
}

/** Every table but `tenants` carries its tenant in front. */
export type TenantTable = Exclude<keyof Tables, 'tenants'>;

/** What ties the entries of one call together. */
export interface Call {
  /** Ours, made for each call: no two calls share it. */
  correlationId: string;
  /** What the caller named the call by (X-Request-Id); others may have used the same. */
  requestId?: string;
  exchangeId?: string;
}

/** What is being attempted, and on whom: said before the rules are asked, so that a refusal can be remembered. */
export type Deed = Pick<Entry, 'action' | 'subject' | 'related'>;

const ATTEMPTS = 5;
/** Names that the entry of a refusal shows. */
const NAMES_SHOWN = 20;

/** The running change. */
interface Open {
  transaction: ControlledTransaction<Tables>;
  ledger: Ledger;
  deed: Deed | null;
  dry: boolean;
  /** Teams that others are in by now (see teamsChanged). */
  touched: Set<string>;
}

/** One tenant's directory in the hands of one actor, for the length of one request. */
export class Directory extends RowWrites {
  readonly actor: Actor;
  readonly tenantId: string;
  readonly call: Call;
  readonly ground: Ground;
  /** What is read outside a change is read in it, while it lasts. */
  readonly moment: Moment;
  readonly #tables: Kysely<Tables>;
  #open: Open | null = null;

  readonly tenants = new Tenants(this);
  readonly members = new Members(this);
  readonly teams = new Teams(this);
  readonly roles = new Roles(this);
  readonly identityProviders = new IdentityProviders(this);
  readonly credentials = new Credentials(this);
  readonly conflicts = new Conflicts(this);
  readonly exchanges = new Exchanges(this);
  readonly invitations = new Invitations(this);
  readonly audit = new AuditLog(this);
  readonly idempotency = new Idempotency(this);

  constructor(
    ground: Ground,
    actor: Actor,
    call: Call,
    tenantId = actor.tenantId,
    moment = ground.moment(),
  ) {
    super();
    this.moment = moment;
    this.ground = ground;
    this.actor = actor;
    this.call = call;
    this.tenantId = tenantId;
    this.#tables = ground.tablesOf(tenantId);
  }

  /** The same actor in another tenant. Whether that is allowed is asked in `tenants.enter`, the only caller. */
  in(tenantId: string, tenantName: string): Directory {
    return new Directory(this.ground, this.actor.of(tenantName), this.call, tenantId, this.moment);
  }

  /** The same for a change whose doings nobody beside it may see: a plan within a query. */
  apart(): Directory {
    return new Directory(this.ground, this.actor, this.call, this.tenantId);
  }

  /** The tables, inside the running change if there is one. Every statement names the tenant; the connection does too. */
  get db(): Kysely<Tables> {
    return this.#open?.transaction ?? this.moment.tablesOf(this.tenantId) ?? this.#tables;
  }

  /** The tables where a slightly old answer does no harm (the log, the report): a replica's, if there is one and no change is running. */
  get stale(): Kysely<Tables> {
    const { tenantId } = this;
    return (
      this.#open?.transaction ??
      this.moment.staleTablesOf(tenantId) ??
      this.ground.staleTablesOf(tenantId)
    );
  }

  /** Plain rows of this tenant, and of no other. */
  rows<T extends TenantTable>(table: T): SelectQueryBuilder<Tables, T, object> {
    return this.db.selectFrom<TenantTable>(table).where('tenant_id', '=', this.tenantId);
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
   * Does the work with all that it reads read from one moment (rule 29), and gives the connection back however it ends. Nobody waits for
   * that: the answer is complete. Moments nest.
   */
  async inOneMoment<T>(work: () => Promise<T>): Promise<T> {
    if (!this.moment.begin()) return work();
    try {
      return await work();
    } finally {
      void this.moment.end();
    }
  }

  /**
   * Does the work as one change: all of it, with its audit entries and its messages, or none of it. Changes nest.
   * The work may run again after a deadlock, so it keeps nothing outside itself.
   */
  async change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#open) return work();
    return (await this.#attempt(work, false)).result;
  }

  /** The same change, rolled back: what it would have recorded. */
  async plan(work: () => Promise<unknown>): Promise<Plan> {
    return (await this.#attempt(work, true)).plan;
  }

  /**
   * The change that a plan showed, and no other: it is planned anew inside the transaction that then commits, and refused when its
   * digest is not the one that was shown. Refuses: stale-version.
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

  /** Says what the running verb is about to do, and on whom. */
  attempting(action: string, subject: Entry['subject'], related?: Entry['related']): void {
    const before = this.#running.deed?.subject;
    // A refused change has renamed nothing: the entry says how the subject was called when the change began.
    const called = subject.id !== null && before?.id === subject.id ? before : subject;
    this.#running.deed = { action, subject: called, ...(related && { related }) };
  }

  /** Remembers what was done to whom; written with the change, or not at all. */
  record(entry: Entry): void {
    this.#running.ledger.add(entry);
  }

  /** Remembers many at once; a change over ten thousand members does not hold ten thousand entries. */
  recordAll(entries: readonly Entry[]): Promise<void> {
    return this.#running.ledger.addAll(entries);
  }

  /** Owes the outside a message, delivered after the change has happened. */
  owe(kind: MessageKind, payload: Record<string, unknown>): void {
    this.#running.ledger.owe(kind, payload);
  }

  /** Does the work as another tenant inside the running change, with its own log: how a child tenant is filled while it is made. */
  async inside(tenantId: string, work: (there: Directory) => Promise<void>): Promise<void> {
    if (tenantId === this.tenantId) return work(this);
    const { transaction, dry } = this.#running;
    const { name } = await transaction
      .selectFrom('tenants')
      .select('name')
      .where('id', '=', this.tenantId)
      .executeTakeFirstOrThrow();
    const there = this.in(tenantId, name);
    const ledger = new Ledger(transaction, there, dry);
    const enter = (id: string) =>
      sql`select set_config('app.tenant', ${this.ground.proofOf(id)}, true)`.execute(transaction);
    const touched = new Set<string>();
    there.#open = { transaction, ledger, deed: null, dry, touched };
    await enter(tenantId);
    await work(there);
    await ledger.close();
    if (!dry) await touchTeams(there, [...touched]);
    await enter(this.tenantId);
  }

  protected override changed(changes: readonly RowChange[]): void {
    this.#running.ledger.changed(changes);
  }

  /**
   * Says that others are in these teams now. Their versions move by the last statement of the change, all at once and in the order of
   * their ids: until then nobody who changes other members of the same teams has to wait, and nobody waits in a circle.
   */
  teamsChanged(ids: readonly string[]): void {
    for (const id of ids) this.#running.touched.add(id);
  }

  get #running() {
    if (!this.#open) throw new Error('Nothing can be recorded outside a change.');
    return this.#open;
  }

  async #attempt<T>(work: () => Promise<T>, dry: boolean): Promise<{ result: T; plan: Plan }> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(work, dry);
      } catch (error) {
        if (!lostARace(error) || attempt === ATTEMPTS) {
          throw refusalOf(error) ?? error;
        }
        await new Promise(resolve => setTimeout(resolve, Math.random() * 20 * attempt));
      }
    }
  }

  async #once<T>(work: () => Promise<T>, dry: boolean): Promise<{ result: T; plan: Plan }> {
    await this.moment.renew(); // a change has a connection of its own, and waits for none while it holds another
    const transaction = await this.#tables.startTransaction().execute();
    const ledger = new Ledger(transaction, this, dry);
    const open: Open = (this.#open = {
      transaction,
      ledger,
      deed: null,
      dry,
      touched: new Set<string>(),
    });
    try {
      const result = await work();
      const plan = await ledger.close();
      if (!dry) await touchTeams(this, [...open.touched]);
      await (dry ? transaction.rollback() : transaction.commit()).execute();
      return { result, plan };
    } catch (error) {
      if (!transaction.isCommitted && !transaction.isRolledBack)
        await transaction
          .rollback()
          .execute()
          .catch(() => {});
      this.#open = null;
      if (!dry) await this.#remember(refusalOf(error), open.deed);
      throw error;
    } finally {
      this.#open = null;
    }
  }

  async #remember(refusal: Refusal | null, deed: Deed | null): Promise<void> {
    if (!refusal) return;
    const { afterwards, providerId, readOnlyFields, names } = refusal.facts;
    if (!afterwards && !(deed && refusal.isAudited)) return;
    await this.change(async () => {
      await afterwards?.(this, refusal);
      if (!deed || !refusal.isAudited) return;
      this.record({
        ...deed,
        outcome: 'FAILURE',
        providerId: providerId ?? null,
        reason: refusal.message,
        changes: [
          ...(readOnlyFields ?? []).map(name => ({ name })),
          ...(names ? [{ name: 'members', after: someOf(names, NAMES_SHOWN) }] : []),
        ],
      });
    });
  }
}

/**
 * 40001 and 40P01: the database gave way to somebody else; 23503: what a verb had looked at was gone when it referred to it. The same
 * work may be tried again, and then sees what is.
 */
function lostARace(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40001' || code === '40P01' || code === '23503';
}
