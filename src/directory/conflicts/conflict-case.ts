import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

export const CONFLICT_KINDS = ['member', 'team'] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];
export const CONFLICT_CHOICES = ['LINK_KEEP', 'LINK_OVERWRITE', 'CREATE_NEW', 'REJECT'] as const;
export type ConflictChoice = (typeof CONFLICT_CHOICES)[number];

/**
 * A provider asked for a name that something made by hand, or another provider's, holds. Retries
 * attach to the open case; a person settles it.
 */
export const ConflictCaseSchema = defineEntity({
  name: 'ConflictCase',
  tableName: 'conflict_cases',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    providerId: p.uuid(),
    kind: p.text().$type<ConflictKind>(),
    nameKey: p.text(),
    sent: p.json<Record<string, unknown>>(),
    facts: p.json<Record<string, unknown>>(),
    candidateId: p.uuid(),
    attempts: p.integer().default(1),
    openedAt: column.now(),
    settledAt: column.instant().nullable(),
    choice: p.text().$type<ConflictChoice>().nullable(),
  },
  uniques: [
    {
      name: 'conflict_cases_open_key',
      properties: ['tenantId', 'providerId', 'kind', 'nameKey'],
      where: `settled_at is null or choice = 'REJECT'`,
    },
  ],
  checks: [
    column.oneOf('conflict_cases_kind_known', 'kind', CONFLICT_KINDS),
    column.oneOf('conflict_cases_choice_known', 'choice', CONFLICT_CHOICES),
  ],
});
