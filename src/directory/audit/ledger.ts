import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Actor, ActorRecord } from '../actor.ts';
import type { Tables } from '../entities.ts';
import type { MessageKind } from '../outbox/message.ts';
import type { AttributeChange, Outcome, SubjectType } from './audit-entry.ts';

/** What a verb says it did. Who, when and in which call is added here. */
export interface Entry {
  action: string;
  subject: { type: SubjectType; id: string | null; name: string; handle?: string | null };
  related?: { id: string; name: string };
  changes?: AttributeChange[];
  outcome?: Outcome;
  providerId?: string | null;
  reason?: string | null;
  explanation?: Record<string, unknown>;
  /** The actor, when it is not the caller: an expired lock releases itself. */
  by?: ActorRecord;
}

/** What a change would record, and a digest by which exactly this can be asked for. */
export interface Plan {
  entries: Entry[];
  digest: string;
}

interface Caller {
  tenantId: string;
  actor: Actor;
  call: { correlationId: string; exchangeId?: string };
}

const PORTION = 10_000;
const OPPOSITES = new Set(['membership.added', 'membership.removed']);

/** Collects the entries and messages of one change and writes them in its transaction: a statement for each, not for each row. */
export class Ledger {
  readonly #db: Kysely<Tables>;
  readonly #caller: Caller;
  readonly #dry: boolean;
  readonly #planned: Entry[] = [];
  readonly #said = new Map<string, Entry>();
  #waiting: Entry[] = [];
  #owed: { kind: MessageKind; payload: Record<string, unknown> }[] = [];

  constructor(db: Kysely<Tables>, caller: Caller, dry: boolean) {
    this.#db = db;
    this.#caller = caller;
    this.#dry = dry;
  }

  /** One entry for each changed object: what a change does to the same one twice is said in one. */
  add(entry: Entry): void {
    const key = `${entry.subject.type} ${entry.subject.id} ${entry.related?.id}`;
    const said = entry.subject.id === null ? undefined : this.#said.get(key);
    if (
      said &&
      said.action !== entry.action &&
      OPPOSITES.has(said.action) &&
      OPPOSITES.has(entry.action)
    )
      return this.#forget(key, said);
    if (said) return merge(said, entry);
    this.#said.set(key, entry);
    (this.#dry ? this.#planned : this.#waiting).push(entry);
  }

  async addAll(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      this.add(entry);
      if (this.#waiting.length >= PORTION) await this.#write();
    }
  }

  /** Who joined and left again in one change has done nothing. */
  #forget(key: string, said: Entry): void {
    this.#said.delete(key);
    const entries = this.#dry ? this.#planned : this.#waiting;
    entries.splice(entries.indexOf(said), 1);
  }

  owe(kind: MessageKind, payload: Record<string, unknown>): void {
    if (!this.#dry) this.#owed.push({ kind, payload });
  }

  async close(): Promise<Plan> {
    if (this.#waiting.length > 0 || this.#owed.length > 0) await this.#write();
    return { entries: this.#planned, digest: this.#dry ? digestOf(this.#planned) : '' };
  }

  /** Entries and messages, however many, in one statement. */
  async #write(): Promise<void> {
    const { tenantId, actor, call } = this.#caller;
    const rows = this.#waiting.map(entry => ({
      action: entry.action,
      outcome: entry.outcome ?? 'SUCCESS',
      actor: entry.by ?? actor.record,
      actor_id: entry.by ? (entry.by.memberId ?? null) : actor.id,
      subject_type: entry.subject.type,
      subject_id: entry.subject.id,
      subject_name: entry.subject.name,
      subject_handle: entry.subject.handle?.toLowerCase() ?? null,
      related_id: entry.related?.id ?? null,
      related_name: entry.related?.name ?? null,
      provider_id: entry.providerId ?? actor.record.providerId ?? null,
      changes: entry.changes ?? [],
      reason: entry.reason ?? null,
      explanation: entry.explanation ?? null,
    }));
    const owed = this.#owed;
    this.#waiting = [];
    this.#owed = [];
    this.#said.clear();
    const messages =
      owed.length === 0
        ? sql``
        : sql`
      with messages as (insert into outbox (tenant_id, id, kind, payload)
        select ${tenantId}::uuid, uuidv7(), m.kind, m.payload from jsonb_to_recordset(${JSON.stringify(owed)}::jsonb) as m (kind text, payload jsonb))`;
    await sql`${messages}
      insert into audit_entries (tenant_id, correlation_id, exchange_id, action, outcome, actor, actor_id, subject_type, subject_id, subject_name,
        subject_handle, related_id, related_name, provider_id, changes, reason, explanation)
      select ${tenantId}::uuid, ${call.correlationId}::text, ${call.exchangeId ?? null}::uuid, e.*
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (action text, outcome text, actor jsonb, actor_id uuid, subject_type text, subject_id uuid,
        subject_name text, subject_handle text, related_id uuid, related_name text, provider_id uuid, changes jsonb, reason text, explanation jsonb)
    `.execute(this.#db);
  }
}

function merge(said: Entry, more: Entry): void {
  const changes = new Map((said.changes ?? []).map(change => [change.name, change]));
  for (const change of more.changes ?? []) {
    const first = changes.get(change.name);
    changes.set(change.name, first ? { ...change, before: first.before } : change);
  }
  said.changes = [...changes.values()];
  if (more.explanation) said.explanation = more.explanation;
}

/** What a plan would make has another id each time, wherever it is mentioned: it counts by its place in the plan. */
function digestOf(entries: readonly Entry[]): string {
  const made = entries
    .filter(({ action, subject }) => subject.id !== null && /\.(created|invited)$/.test(action))
    .map(({ subject }) => subject.id as string);
  const said = entries.map(({ action, subject, related, changes, outcome }) => [
    action,
    subject.type,
    subject.id,
    subject.name,
    related?.id ?? null,
    changes ?? [],
    outcome ?? 'SUCCESS',
  ]);
  const text = made.reduce((all, id, at) => all.replaceAll(id, `new ${at}`), JSON.stringify(said));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
