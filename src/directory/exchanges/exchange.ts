import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * One SCIM exchange as it happened, with secrets removed. Written off the hot path, and kept for
 * EXCHANGE_KEEP_DAYS in partitions of a day each.
 */
export const ExchangeSchema = defineEntity({
  name: 'Exchange',
  tableName: 'scim_exchanges',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    providerId: p.uuid(),
    credentialId: p.uuid().nullable(),
    method: p.text(),
    path: p.text(),
    status: p.integer(),
    at: column.instant(),
    durationMs: p.integer(),
    requestBody: p.json().nullable(),
    responseBody: p.json().nullable(),
    explanation: p.text(),
    repairs: column.texts(),
    changed: p.boolean(),
    expected: p.boolean().default(false),
    searchText: p.text(),
  },
  indexes: [
    // The inspector's pages and counts, and a provider's activity.
    { name: 'scim_exchanges_provider_idx', properties: ['tenantId', 'providerId', 'id'] },
  ],
});
