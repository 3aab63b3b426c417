import { fold } from '../../text/index.ts';
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Actor, ActorRecord } from '../actor.ts';
import type { Tables } from '../tables/entities.ts';
import type { MessageKind } from '../outbox/message.ts';
import type { AttributeChange, Outcome, SubjectType } from './audit-entry.ts';
import { type Delta, deltaOf, keyOfChange, merged, type RowChange } from './delta.ts';

/** What a verb says it did. Who, when and in which call is added here. */
export interface Entry {
  action: string;
  subject: {
    type: SubjectType;
    id: string | null;
    name: string;
    handle?: string | null;
    /** Of a person who is not there: what else they would have been found by. */
    handles?: readonly (string | null)[];
  };
  related?: { id: string; name: string };
  changes?: AttributeChange[];
  outcome?: Outcome;
  providerId?: string | null;
  reason?: string | null;
  explanation?: Record<string, unknown>;
  /** The columns that changed in the row that the entry speaks of. Handed over by the one who writes rows (tables/row-writes.ts), never by a verb. */
  delta?: Delta | null;
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
  call: { correlationId: string; requestId?: string; exchangeId?: string };
}

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
 * Collects the entries and messages of one change and writes them in its transaction: a statement for each, not for each row.
 * What statements changed in audited tables waits here for the entry about the same object; a change that ends with some of it
 * told by no entry is a fault, and rolled back. So no verb can write a row and say nothing.
 */
export class Ledger {
  readonly #db: Kysely<Tables>;
  readonly #caller: Caller;
  readonly #dry: boolean;
  readonly #planned: Entry[] = [];
  readonly #said = new Map<string, Entry>();
  /** What statements changed and no entry has told yet. */
  readonly #untold = new Map<string, Delta>();
  #waiting: Entry[] = [];
  #keepsAll = false;
  #owed: { kind: MessageKind; payload: Record<string, unknown> }[] = [];

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
   * One entry for each changed object: what a change does to the same one twice is said in one. A role that changed has its own
   * entry beside the one that gave cause for it, unless the member was made by this change.
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

  /** Who joined and left again in one change has done nothing; nor has a role that came back. */
  #forget(key: string, said: Entry): void {
    this.#said.delete(key);
    const entries = this.#dry ? this.#planned : this.#waiting;
    entries.splice(entries.indexOf(said), 1);
  }

  owe(kind: MessageKind, payload: Record<string, unknown>): void {
    if (!this.#dry) this.#owed.push({ kind, payload });
  }

  /** Writes nothing before the end, so that the whole change has one digest. */
  keepAll(): void {
    this.#keepsAll = true;
  }

  /** Of all that was said so far: what a plan of the same change would carry. */
  digest(): string {
    return digestOf(this.#dry ? this.#planned : this.#waiting);
  }

  async close(): Promise<Plan> {
    this.#assertAllTold();
    if (this.#waiting.length > 0 || this.#owed.length > 0) await this.#write();
    return { entries: this.#planned, digest: this.#dry ? this.digest() : '' };
  }

  /** What was written after its entry belongs to that entry. */
  #assertAllTold(): void {
    for (const entry of this.#said.values()) {
      const delta = this.#untold.get(rowOf(entry) ?? '');
      if (delta) this.add({ ...entry, changes: [], delta: null });
    }
    const untold = [...this.#untold.values()];
    if (untold.length > 0)
      throw new Error(
        `${untold.length} row(s) were changed and no entry says so, one of them in ${untold[0]?.t}: ${Object.keys(untold[0]?.c ?? {}).join(', ')}.`,
      );
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
      subject_handle: entry.subject.handle ? fold(entry.subject.handle) : null,
      related_id: entry.related?.id ?? null,
      related_name: entry.related?.name ?? null,
      provider_id: entry.providerId ?? actor.record.providerId ?? null,
      changes: entry.changes ?? [],
      reason: entry.reason ?? null,
      explanation: entry.explanation ?? null,
      delta: entry.delta ?? null,
      said: handlesIn(entry),
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
      insert into audit_entries (tenant_id, correlation_id, request_id, exchange_id, action, outcome, actor, actor_id, subject_type, subject_id, subject_name,
        subject_handle, related_id, related_name, provider_id, changes, reason, explanation, delta, handles)
      select ${tenantId}::uuid, ${call.correlationId}::text, ${call.requestId ?? null}::text, ${call.exchangeId ?? null}::uuid,
        e.action, e.outcome, e.actor, e.actor_id, e.subject_type, e.subject_id, e.subject_name, e.subject_handle, e.related_id, e.related_name, e.provider_id,
        e.changes, e.reason, e.explanation, e.delta, ${handlesOf(tenantId)}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (action text, outcome text, actor jsonb, actor_id uuid, subject_type text, subject_id uuid,
        subject_name text, subject_handle text, related_id uuid, related_name text, provider_id uuid, changes jsonb, reason text, explanation jsonb, delta jsonb, said text[])
    `.execute(this.#db);
  }
}

const HANDLES = new Set(['userName', 'email', 'externalId', 'user_name', 'external_id']);

/** What an entry itself says a person can be found by: also what they were called before, and who was refused before there was anybody. */
function handlesIn({ subject, changes = [], delta }: Entry): string[] {
  if (subject.type !== 'Member') return [];
  const told = [
    subject.handle,
    ...(subject.handles ?? []),
    ...changes.filter(({ name }) => HANDLES.has(name)).flatMap(each => [each.before, each.after]),
    ...Object.entries(delta?.c ?? {}).flatMap(([name, pair]) => (HANDLES.has(name) ? pair : [])),
  ].filter(each => typeof each === 'string' && each !== '');
  return [...new Set(told.map(each => fold(each as string)))];
}

/** These, and what the person is found by as the change leaves them: user name, every address, external id. */
const handlesOf = (
  tenantId: string,
) => sql`case when e.subject_type <> 'Member' then '{}' else array(
  select unnest(e.said) union
  select unnest(array[m.user_name_key, m.email_key, fold(m.external_id)] || addresses_in(m.profile)) as handle
    from members m where m.tenant_id = ${tenantId}::uuid and m.id = e.subject_id
  except select null::text) end`;

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

/** What a new secret ends with is another each time. */
const RANDOM = new Set(['credential', 'lastFour']);

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
    (changes ?? []).map(change => (RANDOM.has(change.name) ? { name: change.name } : change)),
    outcome ?? 'SUCCESS',
  ]);
  const text = made.reduce((all, id, at) => all.replaceAll(id, `new ${at}`), JSON.stringify(said));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
