import { sql } from 'kysely';
import type { Session } from '../session.ts';

/** The providers from which somebody or something has come: each asked of an index, none of its members read. */
export async function providersWhoCreated({ db, tenantId }: Session): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from identity_providers as provider where provider.tenant_id = ${tenantId}::uuid and (
      exists (select from members where members.tenant_id = ${tenantId}::uuid and members.provider_id = provider.id and members.origin <> 'MANUAL')
      or exists (select from teams where teams.tenant_id = ${tenantId}::uuid and teams.provider_id = provider.id and teams.origin <> 'MANUAL'))
  `.execute(db);
  return new Set(rows.map(row => row.id));
}
