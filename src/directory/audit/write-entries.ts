import { type RawBuilder, sql } from 'kysely';
import { fold } from '../../text/index.ts';
import type { Caller, Entry, QueuedMessage } from './entry.ts';

/** Entries and messages, however many, in one statement. */
export function insertOfEntries(
  caller: Caller,
  entries: readonly Entry[],
  messages: readonly QueuedMessage[],
): RawBuilder<unknown> {
  const { tenantId, trace } = caller;
  const rows = entries.map(entry => rowOf(caller, entry));
  return sql`
    ${messages.length === 0 ? sql`` : withMessages(tenantId, messages)}
    insert into audit_entries (tenant_id, correlation_id, request_id, exchange_id,
      action, outcome, actor, actor_id, subject_type, subject_id, subject_name, subject_handle,
      related_id, related_name, provider_id, changes, reason, explanation, delta, handles)
    select ${tenantId}::uuid, ${trace.correlationId}::text, ${trace.requestId ?? null}::text,
      ${trace.exchangeId ?? null}::uuid, e.action, e.outcome, e.actor, e.actor_id,
      e.subject_type, e.subject_id, e.subject_name, e.subject_handle, e.related_id, e.related_name,
      e.provider_id, e.changes, e.reason, e.explanation, e.delta, ${handlesOf(tenantId)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (
      action text, outcome text, actor jsonb, actor_id uuid, subject_type text, subject_id uuid,
      subject_name text, subject_handle text, related_id uuid, related_name text,
      provider_id uuid, changes jsonb, reason text, explanation jsonb, delta jsonb, said text[],
      members uuid[])
  `;
}

/**
 * The columns of an entry's row; `said` is what the entry itself says that a person is found by.
 */
const rowOf = ({ actor }: Caller, entry: Entry) => ({
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
  members: entry.members ?? [],
});

const withMessages = (
  tenantId: string,
  messages: readonly QueuedMessage[],
): RawBuilder<unknown> => sql`
  with messages as (insert into outbox (tenant_id, id, kind, payload)
    select ${tenantId}::uuid, uuidv7(), m.kind, m.payload
    from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as m (kind text, payload jsonb))`;

const HANDLES = new Set(['userName', 'email', 'externalId', 'user_name', 'external_id']);

/**
 * The handles in the entry itself: also the former ones, and those of a member whose creation was
 * refused.
 */
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

/**
 * These, and what the persons are found by as the change leaves them: user name, every address,
 * external id; and of those who are only named the id, which is no column of the entry.
 */
const handlesOf = (
  tenantId: string,
) => sql`case when e.subject_type <> 'Member' and e.members = '{}' then '{}' else array(
  select unnest(e.said || e.members::text[]) union
  select unnest(array[m.user_name_key, m.email_key, fold(m.external_id)] || addresses_in(m.profile))
  as handle
    from members m where m.tenant_id = ${tenantId}::uuid
      and m.id = any(case when e.subject_type = 'Member' then array[e.subject_id]
      else e.members end)
  except select null::text) end`;
