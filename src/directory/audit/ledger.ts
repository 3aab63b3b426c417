import type { CompiledQuery, Kysely } from 'kysely';
import type { MessageKind } from '../outbox/message.ts';
import type { Tables } from '../tables/entities.ts';
import type { SubjectType } from './audit-entry.ts';
import { type Delta, deltaOf, keyOfChange, merged, type RowChange } from './delta.ts';
import type { Caller, Entry, Plan, QueuedMessage } from './entry.ts';
import { digestOf } from './plan-digest.ts';
import { insertOfEntries } from './write-entries.ts';

const PORTION = 10_000;
/** The table whose rows an entry about such a subject speaks of. */
const TABLES: Partial<Record<SubjectType, string>> = {
  Tenant: 'tenants',
  Member: 'members',
  Team: 'teams',
  Role: 'roles',
  RoleMapping: 'role_mappings',
  IdentityProvider: 'identity_providers',
  ConflictCase: 'conflict_cases',
};

/**
 * Collects the entries and messages of one change and writes them in its transaction: a statement
 * for each, not for each row. What statements changed in audited tables waits here for the entry
 * about the same object; a change that ends with some of it told by no entry is a fault, and rolled
 * back. So no verb can write a row and say nothing.
 */
export class Ledger {
  readonly #db: Kysely<Tables>;
  readonly #caller: Caller;
  readonly #dry: boolean;
  readonly #planned: Entry[] = [];
  readonly #said = new Map<string, Entry>();
  /** Deltas of rows that no entry covers yet. */
  readonly #untold = new Map<string, Delta>();
  #waiting: Entry[] = [];
  #keepsAll = false;
  #messages: QueuedMessage[] = [];

  constructor(db: Kysely<Tables>, caller: Caller, dry: boolean) {
    this.#db = db;
    this.#caller = caller;
    this.#dry = dry;
  }

  /** Takes what a statement changed. */
  changed(changes: readonly RowChange[]): void {
    for (const change of changes) {
      const delta = deltaOf(change);
      if (!delta) continue;
      const key = keyOfChange(change);
      const before = this.#untold.get(key);
      const both = before ? merged(before, delta) : delta;
      if (both) this.#untold.set(key, both);
      else this.#untold.delete(key);
    }
  }

  /**
   * One entry for each changed object: what a change does to the same one twice is said in one. A
   * role that changed has its own entry beside the one that gave cause for it, unless the member
   * was made by this change.
   */
  add(entry: Entry): void {
    if ((entry.outcome ?? 'SUCCESS') === 'SUCCESS') this.#claim(entry);
    const key = placeOf(entry);
    const said = entry.subject.id === null ? undefined : (this.#said.get(key) ?? this.#made(entry));
    if (!said) {
      this.#said.set(key, entry);
      (this.#dry ? this.#planned : this.#waiting).push(entry);
      return;
    }
    const told = said.delta != null || entry.delta != null;
    merge(said, entry);
    if (told && said.delta === null) this.#forget(key, said);
  }

  /** The entry tells what changed in the row that it speaks of since another entry told of it. */
  #claim(entry: Entry): void {
    const key = rowOf(entry);
    const delta = key === null ? undefined : this.#untold.get(key);
    if (key === null || !delta) return;
    entry.delta = delta;
    this.#untold.delete(key);
  }

  #made({ action, subject }: Entry): Entry | undefined {
    const made =
      action === ROLE_CHANGED ? this.#said.get(placeOf({ action: '', subject })) : undefined;
    return made?.delta?.op === 'i' ? made : undefined;
  }

  async addAll(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      this.add(entry);
      if (this.#waiting.length >= PORTION && !this.#keepsAll) await this.#write();
    }
  }

  /**
   * Two opposite changes of one row in one change cancel out: no entry is left of a member who
   * joined and left, or of a role that came back.
   */
  #forget(key: string, said: Entry): void {
    this.#said.delete(key);
    const entries = this.#dry ? this.#planned : this.#waiting;
    entries.splice(entries.indexOf(said), 1);
  }

  /** Queues a message, written to the outbox with the entries. */
  enqueue(kind: MessageKind, payload: Record<string, unknown>): void {
    if (!this.#dry) this.#messages.push({ kind, payload });
  }

  /** Writes nothing before the end, so that the whole change has one digest. */
  keepAll(): void {
    this.#keepsAll = true;
  }

  /** Of all that was said so far: what a plan of the same change would carry. */
  digest(): string {
    return digestOf(this.#dry ? this.#planned : this.#waiting);
  }

  /** `marked`: what becomes of the last statement before it is sent. */
  async close(marked = (last: CompiledQuery): CompiledQuery => last): Promise<Plan> {
    this.#assertAllTold();
    if (this.#waiting.length > 0 || this.#messages.length > 0) await this.#write(marked);
    return { entries: this.#planned, digest: this.#dry ? this.digest() : '' };
  }

  /**
   * Deltas that arrived after the entry about their row are added to that entry; any other left
   * over is a fault.
   */
  #assertAllTold(): void {
    for (const entry of this.#said.values()) {
      const delta = this.#untold.get(rowOf(entry) ?? '');
      if (delta) this.add({ ...entry, changes: [], delta: null });
    }
    const untold = [...this.#untold.values()];
    if (untold.length > 0)
      throw new Error(
        `${untold.length} row(s) were changed and no entry says so, one of them in ` +
          `${untold[0]?.t}: ${Object.keys(untold[0]?.c ?? {}).join(', ')}.`,
      );
  }

  async #write(marked = (query: CompiledQuery): CompiledQuery => query): Promise<void> {
    const [entries, messages] = [this.#waiting, this.#messages];
    this.#waiting = [];
    this.#messages = [];
    this.#said.clear();
    const insert = insertOfEntries(this.#caller, entries, messages).compile(this.#db);
    await this.#db.executeQuery(marked(insert));
  }
}

const ROLE_CHANGED = 'member.roleChanged';

/** Entries about the same thing in one change are one entry. */
const placeOf = ({ action, subject, related }: Pick<Entry, 'action' | 'subject' | 'related'>) =>
  `${subject.type} ${subject.id} ${related?.id} ${action === ROLE_CHANGED ? action : ''}`;

/** The row that an entry speaks of, as `keyOfChange` names it. */
function rowOf({ action, subject, related }: Entry): string | null {
  if (action.startsWith('membership.')) return `memberships ${subject.id} ${related?.id}`;
  const table = TABLES[subject.type];
  return table === undefined ? null : `${table} ${subject.id}`;
}

function merge(said: Entry, more: Entry): void {
  if (said.delta && more.delta) said.delta = merged(said.delta, more.delta);
  else if (more.delta) said.delta = more.delta;
  const changes = new Map((said.changes ?? []).map(change => [change.name, change]));
  for (const change of more.changes ?? []) {
    const first = changes.get(change.name);
    changes.set(change.name, first ? { ...change, before: first.before } : change);
  }
  said.changes = [...changes.values()];
  if (more.explanation) said.explanation = more.explanation;
}
