import { type RawBuilder, sql } from 'kysely';
import type { Session } from '../session.ts';

/**
 * The ids of the providers whose provisioning is not OFF: what is linked to one of them is managed.
 * Read once in a statement, not once for each row.
 */
export const managingProviders = ({ tenantId }: Session): RawBuilder<unknown> =>
  sql`
    array(select managing.id from identity_providers as managing
    where managing.tenant_id = ${tenantId}::uuid and managing.provisioning <> 'OFF')`;
