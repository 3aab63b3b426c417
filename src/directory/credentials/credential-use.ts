import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * When a credential was last used. Beside the credential's row: a hot row must not be one that
 * writers lock.
 */
export const CredentialUseSchema = defineEntity({
  name: 'CredentialUse',
  tableName: 'credential_uses',
  properties: {
    tenantId: column.tenantId(),
    credentialId: p.uuid().primary(),
    lastUsedAt: column.instant(),
  },
});
