import { type RawBuilder, sql } from 'kysely';
import type { ActorRecord } from '../actor.ts';
import type { SortKey } from '../paging.ts';
import type { AttributeChange, Outcome, SubjectType } from './audit-entry.ts';

export interface AuditEntryRow {
  id: string;
  at: Date;
  action: string;
  outcome: Outcome;
  actor: ActorRecord;
  actorId: string | null;
  subjectType: SubjectType;
  subjectId: string | null;
  subjectName: string;
  subjectHandle: string | null;
  relatedId: string | null;
  relatedName: string | null;
  providerId: string | null;
  changes: AttributeChange[];
  reason: string | null;
  explanation: Record<string, unknown> | null;
  exchangeId: string | null;
  correlationId: string;
  requestId: string | null;
}

/** The columns of an entry `e`, called as callers know them. */
export const entryColumns: RawBuilder<AuditEntryRow> =
  sql.raw(`e.id, e.at, e.action, e.outcome, e.actor, e.actor_id as "actorId",
  e.subject_type as "subjectType", e.subject_id as "subjectId", e.subject_name as "subjectName", e.subject_handle as "subjectHandle",
  e.related_id as "relatedId", e.related_name as "relatedName", e.provider_id as "providerId", e.changes, e.reason, e.explanation,
  e.exchange_id as "exchangeId", e.correlation_id as "correlationId", e.request_id as "requestId"`);

/** Newest first. The database gives the ids in the order of its clock, so that the order of ids is the order of events. */
export const newestFirst: readonly [SortKey<{ id: string }>] = [
  { name: 'newest', type: 'uuid', expression: sql`e.id`, direction: 'desc', read: row => row.id },
];
