import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * When a provider was last heard of. Beside the provider's row, because writers share-lock that
 * one.
 */
export const ProviderActivitySchema = defineEntity({
  name: 'ProviderActivity',
  tableName: 'provider_activity',
  properties: {
    tenantId: column.tenantId(),
    providerId: p.uuid().primary(),
    lastSeenAt: column.instant(),
    lastChangeAt: column.instant().nullable(),
  },
});
