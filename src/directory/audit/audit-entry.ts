import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ActorRecord } from '../actor.ts';
import * as column from '../tables/columns.ts';
import type { Delta } from './delta.ts';

export const OUTCOMES = ['SUCCESS', 'FAILURE', 'SKIPPED'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const SUBJECT_TYPES = [
  'Tenant',
  'Member',
  'Team',
  'Role',
  'RoleMapping',
  'IdentityProvider',
  'ProviderCredential',
  'ApiToken',
  'ConflictCase',
] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

export interface AttributeChange {
  name: string;
  before?: unknown;
  after?: unknown;
}

/**
 * One thing that happened. The database gives the id and the time, in order; nobody may change or
 * remove one.
 */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  properties: {
    tenantId: column.tenantId(),
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    at: column.instant().defaultRaw('clock_timestamp()'),
    action: p.text(),
    outcome: p.text().$type<Outcome>().default('SUCCESS'),
    actor: p.json<ActorRecord>(),
    actorId: p.uuid().nullable(),
    subjectType: p.text().$type<SubjectType>(),
    subjectId: p.uuid().nullable(),
    subjectName: p.text(),
    subjectHandle: p.text().nullable(),
    handles: column.texts(),
    relatedId: p.uuid().nullable(),
    relatedName: p.text().nullable(),
    providerId: p.uuid().nullable(),
    changes: p.json<AttributeChange[]>().defaultRaw(`'[]'::jsonb`),
    reason: p.text().nullable(),
    explanation: p.json<Record<string, unknown>>().nullable(),
    delta: p.json<Delta>().nullable(),
    exchangeId: p.uuid().nullable(),
    correlationId: p.text(),
    requestId: p.text().nullable(),
    xid: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()'),
  },
  indexes: [
    { name: 'audit_entries_subject_idx', properties: ['tenantId', 'subjectId', 'id'] },
    {
      name: 'audit_entries_related_idx',
      properties: ['tenantId', 'relatedId', 'id'],
      where: 'related_id is not null',
    },
    { name: 'audit_entries_actor_idx', properties: ['tenantId', 'actorId', 'id'] },
    {
      name: 'audit_entries_provider_idx',
      properties: ['tenantId', 'providerId', 'id'],
      where: 'provider_id is not null',
    },
    { name: 'audit_entries_action_idx', properties: ['tenantId', 'action', 'id'] },
    {
      name: 'audit_entries_not_done_idx',
      properties: ['tenantId', 'id'],
      where: `outcome <> 'SUCCESS'`,
    },
    { name: 'audit_entries_correlation_idx', properties: ['tenantId', 'correlationId'] },
    {
      name: 'audit_entries_request_idx',
      properties: ['tenantId', 'requestId', 'id'],
      where: 'request_id is not null',
    },
    {
      name: 'audit_entries_exchange_idx',
      properties: ['tenantId', 'exchangeId'],
      where: 'exchange_id is not null',
    },
  ],
  checks: [column.oneOf('audit_entries_outcome_known', 'outcome', OUTCOMES)],
});
